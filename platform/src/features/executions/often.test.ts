import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { openOffice } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { createBusiness } from '../../../test/people.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { requireSubscription } from '../subscriptions/index.ts'
import { queueExecution } from './queue.ts'
import * as store from './store.ts'

test('an execution can be queued on one connection as often as wanted, and one is open at a time', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator)
  const actor = systemActor(decodeId(idPrefixes.organisation, operator.organisation))
  await withUnitOfWork(platform.deps, actor, async (unit) => {
    const subscription = await requireSubscription(
      unit,
      decodeId(idPrefixes.subscription, office.subscription),
    )
    for (const open of await store.listOpenOf(unit.tx, subscription.id))
      await store.updateExecution(unit.tx, open.id, { state: 'cancelled' })
    for (let time = 0; time < 20; time++) {
      const row = await queueExecution(unit, subscription, 'hand')
      expect(row?.state).toBe('queued')
      expect(await queueExecution(unit, subscription, 'hand')).toBeUndefined()
      await store.updateExecution(unit.tx, row?.id ?? '', { state: 'cancelled' })
    }
  })
})

test('a business subscribes anew as often as it cancels', async ({ platform, operator }) => {
  const office = await openOffice(platform, operator, { business: await createBusiness(operator) })
  let open = office.subscription
  for (let time = 0; time < 40; time++) {
    const gone = await operator.send('DELETE', `/v1/subscriptions/${open}`)
    expect(gone.status).toBeLessThan(300)
    const preview = await operator.post(`/v1/services/${office.published.service}/preview`, {
      business: office.business,
    })
    const made = await operator.post('/v1/subscriptions', { preview: preview.body.id, settings: {} })
    expect(made).toMatchObject({ status: 201 })
    open = made.body.id
  }
})
