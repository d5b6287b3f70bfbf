import { encodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { signUpOperator } from '../../../test/people.ts'
import { openMarket, upTo } from '../../../test/telling.ts'

test('a provider reads why it was rejected, and figures only over five subscribers or more', async ({
  platform,
  operator,
}) => {
  const market = await openMarket(platform)
  const { provider, ids } = market
  const path = `/v1/provider/feedback?service=${encodeId('svc', ids.service)}`
  const other = await signUpOperator(platform.app, 'provider')
  await market.decided([
    { by: 1, outcome: 'accepted', daysAgo: 3 },
    { by: 2, outcome: 'accepted', daysAgo: 3 },
    { by: 3, outcome: 'rejected', code: 'bad-timing', daysAgo: 4 },
    { by: 4, outcome: 'undone', daysAgo: 3 },
    { by: 5, outcome: 'rejected', code: 'bad-timing', daysAgo: 0 },
    { by: 5, outcome: 'accepted', type: 'invoice.remind', daysAgo: 3 },
  ])
  await market.close()
  const few = (await provider.get(path)).body
  expect(few.items).toMatchObject([{ code: 'bad-timing', words: 'Not with [supplier]' }])
  expect(few.figures).toEqual([])

  const wide = await openMarket(platform)
  await wide.decided([
    { by: 1, outcome: 'accepted', daysAgo: 3 },
    { by: 2, outcome: 'accepted', daysAgo: 3 },
    { by: 3, outcome: 'rejected', code: 'bad-timing', daysAgo: 4 },
    { by: 4, outcome: 'undone', daysAgo: 3 },
    { by: 6, outcome: 'expired', daysAgo: 2 },
  ])
  await wide.close()
  const wider = `/v1/provider/feedback?service=${encodeId('svc', wide.ids.service)}`
  expect((await wide.provider.get(wider)).body.figures).toEqual([
    { type: 'bill.reschedule', accepted: 2, edited: 0, rejected: 1, undone: 1, expired: 1 },
  ])
  expect((await other.get(wider)).body).toEqual({ items: [], next: null, figures: [] })
  expect((await operator.get(wider)).status).toBe(403)
  expect((await (await provider.withToken(['events:read'])).get(path)).status).toBe(403)
})

test('it tells nothing of the day that is not over', async ({ platform }) => {
  const market = await openMarket(platform)
  await market.decided(upTo(6).map((by) => ({ by, outcome: 'rejected', code: 'tone', daysAgo: 0 })))
  await market.close()
  const path = `/v1/provider/feedback?service=${encodeId('svc', market.ids.service)}`
  expect((await market.provider.get(path)).body).toEqual({ items: [], next: null, figures: [] })
  const closed = 'select id from bizq.provider_figures where service_id = $1'
  expect(await asAdmin(platform, closed, [market.ids.service])).toEqual([])
})
