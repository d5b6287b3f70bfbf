import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { carry, trusted } from '../../../test/deciding.ts'
import { answering, asAdmin, openOffice } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { actionId, addBill, inDays, openDesk } from '../../../test/proposals.ts'

const remind = (text: string) =>
  answering(`{ proposals: input.data.invoices.map((invoice) => ({
    type: 'invoice.remind', parameters: { invoice: invoice.id, text: '${text}' }, confidence: 0.9,
    because: [{ dataset: 'invoices', id: invoice.id }] })) }`)

test('an operator is told that a service proposed something, and why nothing of it stood', async ({
  platform,
  operator,
  stranger,
}) => {
  const office = await openOffice(platform, operator, { body: remind('Hello') })
  await asAdmin(platform, `update data.customers set email = null where organisation_id = $1`, [
    decodeId('org', operator.organisation),
  ])
  const execution = await office.run()
  expect(execution.output).toMatchObject({ actions: 0 })
  const { items } = (await operator.get('/v1/notices')).body
  expect(items).toMatchObject([
    {
      kind: 'none-stood',
      execution: execution.id,
      subscription: office.subscription,
      business: { id: office.business },
      proposed: execution.output.dropped.length,
      reasons: [
        {
          code: 'cannot-be-done',
          detail: 'There is no e-mail address on record.',
          count: execution.output.dropped.length,
        },
      ],
    },
  ])
  expect((await stranger.get('/v1/notices')).body.items).toEqual([])
  const told = await asAdmin<{ payload: object }[]>(
    platform,
    `select payload from bizq.events where organisation_id = $1 and type = 'execution.finished'`,
    [decodeId('org', operator.organisation)],
  )
  expect(told.at(-1)?.payload).toMatchObject({ actions: 0, dropped: execution.output.dropped.length })

  await asAdmin(
    platform,
    `update data.customers set email = 'jo@miller.example' where organisation_id = $1`,
    [decodeId('org', operator.organisation)],
  )
  await office.run()
  expect((await operator.get('/v1/notices')).body.items).toEqual([])
})

test('what a policy applies and tells is told, until it is taken back; what it applies alone is not', async ({
  platform,
  operator,
}) => {
  const desk = await openDesk(platform, operator)
  await trusted(platform, operator, desk)
  const propose = async (confidence: number) => {
    const bill = await addBill(desk, { number: `B-${confidence}` })
    const { actions } = await desk.propose([{ parameters: { bill, dueAt: inDays(9) }, confidence }])
    const id = actionId(actions[0] ?? '')
    await carry(platform, operator, id)
    return id
  }
  await propose(0.99)
  const told = await propose(0.9)
  const notices = async () => (await operator.get('/v1/notices')).body.items
  expect(await notices()).toMatchObject([
    {
      kind: 'applied',
      action: { id: told, type: 'bill.reschedule', canUndo: true },
      business: { id: desk.business },
    },
  ])
  expect((await operator.post(`/v1/actions/${told}/undo`)).status).toBe(200)
  expect(await notices()).toEqual([])
})
