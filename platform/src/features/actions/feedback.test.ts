import { decodeId, encodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin } from '../../../test/executions.ts'
import { test, type Platform } from '../../../test/harness.ts'
import { signUpOperator, type Person } from '../../../test/people.ts'

const service = '11111111-1111-7111-8111-111111111111'
const path = `/v1/provider/feedback?service=${encodeId('svc', service)}`

function tell(
  platform: Platform,
  provider: Person,
  rows: [subscriber: number, outcome: string, daysAgo: number][],
) {
  return asAdmin(
    platform,
    `insert into bizq.provider_outcomes (organisation_id, subscriber_id, service_id, proposal, type, outcome, reason_code, reason_text, day)
     select $1, ('00000000-0000-0000-0000-00000000000' || (r->>0))::uuid, $2, gen_random_uuid(), 'bill.reschedule', r->>1,
       case when r->>1 = 'rejected' then 'bad-timing' end, case when r->>1 = 'rejected' then 'Not with [supplier]' end, current_date - (r->>2)::int
     from jsonb_array_elements($3::jsonb) r`,
    [decodeId('org', provider.organisation), service, JSON.stringify(rows)],
  )
}

test('a provider reads why it was rejected, and figures only over five subscribers or more', async ({
  platform,
  operator,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const other = await signUpOperator(platform.app, 'provider')
  await tell(platform, provider, [
    [1, 'accepted', 1],
    [2, 'accepted', 1],
    [3, 'rejected', 2],
    [4, 'undone', 1],
    [5, 'rejected', 0],
  ])
  const few = (await provider.get(path)).body
  expect(few.items).toMatchObject([{ code: 'bad-timing', words: 'Not with [supplier]' }])
  expect(few.figures).toEqual([])
  await tell(platform, provider, [[6, 'expired', 1]])
  expect((await provider.get(path)).body.figures).toEqual([
    { type: 'bill.reschedule', accepted: 2, edited: 0, rejected: 1, undone: 1, expired: 1 },
  ])
  expect((await other.get(path)).body).toEqual({ items: [], next: null, figures: [] })
  expect((await operator.get(path)).status).toBe(403)
  expect((await (await provider.withToken(['events:read'])).get(path)).status).toBe(403)
})

test('it tells nothing of the day that is not over', async ({ platform }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  await tell(
    platform,
    provider,
    [1, 2, 3, 4, 5].map((subscriber) => [subscriber, 'rejected', 0]),
  )
  expect((await provider.get(path)).body).toEqual({ items: [], next: null, figures: [] })
})
