import { expect } from 'vitest'
import { answering, openOffice } from './executions.ts'
import { test } from './harness.ts'

const plain = answering(`{ metrics: { rows: input.data.invoices.length } }`)
const replays = (items: { action: string }[]) => items.filter(({ action }) => action === 'execution.replay')

test('money, decisions and runs are refused without an Idempotency-Key', async ({ platform, operator }) => {
  const some = { preview: 'prv_01m7y7rc0we3t8cpxjhq1fejsn' }
  const refused: [string, unknown][] = [
    ['/v1/subscriptions', some],
    ['/v1/subscriptions/sub_01m7y7rc0we3t8cpxjhq1fejsn/consent', some],
    ['/v1/subscriptions/sub_01m7y7rc0we3t8cpxjhq1fejsn/executions', undefined],
    ['/v1/actions/act_01m7y7rc0we3t8cpxjhq1fejsn/undo', undefined],
  ]
  for (const [path, body] of refused) {
    const answer = await platform.app.request(path, {
      method: 'POST',
      headers: { cookie: operator.cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    })
    expect([path, answer.status]).toEqual([path, 400])
    expect(await answer.json()).toMatchObject({ type: expect.stringMatching(/idempotency-key-missing$/) })
  }
})

test('a replay asked for again under its key is answered alike and stands once in the log', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: plain })
  const { id } = await office.run()
  const options = { headers: { 'idempotency-key': 'replay-this-once' } }
  const first = await operator.post(`/v1/executions/${id}/replay`, undefined, options)
  const second = await operator.post(`/v1/executions/${id}/replay`, undefined, options)
  expect([first.body.verdict, second.body]).toEqual(['REPRODUCED', first.body])
  expect(replays((await operator.get(`/v1/audit?subject=${id}`)).body.items)).toHaveLength(1)
})

test('a check of a log under the key of another is refused', async ({ operator }) => {
  const headers = { 'idempotency-key': 'check-this-log', 'content-type': 'application/x-ndjson' }
  const check = (raw: string) => operator.send('POST', '/v1/audit/verification', undefined, { raw, headers })
  const first = await check('nonsense')
  expect([first.status, first.body.isWhole]).toEqual([200, false])
  expect((await check('nonsense')).body).toEqual(first.body)
  expect((await check('other nonsense')).body.type).toMatch(/idempotency-mismatch$/)
})
