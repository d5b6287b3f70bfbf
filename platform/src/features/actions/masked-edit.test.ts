import { decodeId } from '@bizq/sdk/contract'
import { resolvePseudonym, scaleMoney } from '@bizq/sdk/contract/host'
import { expect } from 'vitest'
import { carry, decide } from '../../../test/deciding.ts'
import { answering, asAdmin, openOffice } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { openGrant } from '../subscriptions/index.ts'
import { maskEdit } from './masked-edit.ts'
import type { ActionRow } from './store.ts'

const remind = answering(`{ proposals: [{
  type: 'invoice.remind', parameters: { invoice: input.data.invoices[0].id, text: 'Please pay {invoice.amountDue}.' },
  confidence: 0.9, because: [{ dataset: 'invoices', id: input.data.invoices[0].id }] }] }`)

test('what an operator edited comes back to the provider masked, when its day is over', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: remind })
  await office.run()
  const [action] = (await operator.get('/v1/actions?state=proposed')).body.items
  const text = 'Dear Anna Petersen, please pay {invoice.amountDue} to anna@petersen.example.'
  const edited = await decide(operator, action, { decision: 'edit', parameters: { text } })
  expect(edited.status).toBe(200)
  await carry(platform, operator, action.id)

  const services = (await office.provider.get('/v1/provider/services')).body.items
  const path = `/v1/provider/feedback?service=${services[0].id}`
  expect((await office.provider.get(path)).body.items).toEqual([])
  await asAdmin(platform, `update bizq.provider_outcomes set day = day - 1 where service_id = $1`, [
    (await asAdmin<{ id: string }[]>(platform, `select service_id as id from bizq.actions limit 1`))[0]?.id,
  ])
  const { items } = (await office.provider.get(path)).body
  expect(items).toMatchObject([{ type: 'invoice.remind', outcome: 'edited', code: null }])
  expect(items[0].parameters.text).toContain('please pay {invoice.amountDue}')
  expect(JSON.stringify(items)).not.toMatch(/Anna|Petersen|anna@/)
})

test('amounts of an edit are scaled and records are pseudonyms, as in the input of the subscription', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: remind })
  const supplier = await office.add('suppliers', { name: 'Acme Supplies' })
  const edit = (type: string, parameters: object) => {
    const row = { type, parameters, decision: 'edit', subscription_id: decodeId('sub', office.subscription) }
    return row as unknown as ActionRow
  }
  const { factor, key, budget, order, untouched } = await withUnitOfWork(
    platform.deps,
    systemActor(decodeId('org', operator.organisation)),
    async (unit) => {
      const grant = await openGrant(unit, platform.deps, decodeId('sub', office.subscription))
      const mask = (row: ActionRow) => maskEdit(platform.deps, unit, row)
      return {
        ...grant,
        budget: await mask(edit('ad_budget.change', { dailyBudget: { amount: 30_000, currency: 'GBP' } })),
        order: await mask(edit('stock.reorder', { quantity: 12, supplier })),
        untouched: await mask({ ...edit('stock.reorder', { quantity: 12 }), decision: 'approve' }),
      }
    },
  )
  expect(factor).toBeGreaterThan(1_000)
  expect(budget).toEqual({ dailyBudget: scaleMoney({ amount: 30_000, currency: 'GBP' }, factor) })
  expect(order).toEqual({ quantity: 12, supplier: expect.stringMatching(/^sup_[0-9a-f]{32}$/) })
  expect(resolvePseudonym(key, 'suppliers', String(order?.['supplier']))).toBe(decodeId('sup', supplier))
  expect(untouched).toBeNull()
})
