import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { openOffice } from '../../../test/executions.ts'
import { asPlatform } from '../../../test/money.ts'
import { createBusiness, signUpOperator } from '../../../test/people.ts'
import { subscribe } from '../../../test/services.ts'
import { moneyTest } from '../../../test/stripe.ts'
import { monthsAfter } from '../ledger/index.ts'
import { launchTermsOf } from './index.ts'

const begin = new Date('2026-01-31T10:00:00Z')
let today = begin

const test = moneyTest({ clock: () => today })
const monthsOn = (months: number) => void (today = monthsAfter(begin, months))

test('a launch provider that is ended and named again has what is left of its twelve months, and no new first customers', async ({
  platform,
  operator,
  admin,
}) => {
  const { deps } = platform
  const office = await openOffice(platform, operator)
  const asked = { provider: office.provider.organisation }
  const own = decodeId('org', asked.provider)
  const name = () => admin.post('/v1/admin/launch-providers', asked)
  const end = () => admin.send('DELETE', `/v1/admin/launch-providers/${asked.provider}`)
  const termsAt = async (who: string, months: number) =>
    (await launchTermsOf(deps, decodeId('org', who)))(own, monthsAfter(begin, months))
  const isLaunch = async (...months: number[]) => {
    const terms = await Promise.all(months.map((month) => termsAt(operator.organisation, month)))
    return terms.map(({ isFree, sharePercent }) => isFree && sharePercent === 90)
  }
  const numbers = () =>
    asPlatform(platform, ({ tx }) =>
      tx
        .selectFrom('launch_customers')
        .select(['operator_id', 'number'])
        .where('provider_id', '=', own)
        .orderBy('number')
        .execute(),
    )
  const come = async () => {
    const who = await signUpOperator(platform.app)
    await subscribe(who, await createBusiness(who), office.published.service)
    return decodeId('org', who.organisation)
  }

  const first = (await name()).body
  const until = monthsAfter(begin, 12).toISOString()
  expect(first).toMatchObject({ until, customers: 1 })
  monthsOn(3)
  expect((await end()).status).toBe(204)
  monthsOn(5)
  const between = await come()
  expect(await isLaunch(0, 2, 3, 4, 6)).toEqual([true, true, false, false, false])

  const again = await name()
  expect(again.status).toBe(201)
  expect(again.body).toMatchObject({ from: today.toISOString(), until, endedAt: null, customers: 2 })
  expect((await name()).status).toBe(409)
  // What it was before stays so, and between both it was none.
  expect(await isLaunch(0, 2, 3, 4, 5, 11, 12, 16)).toEqual([
    true,
    true,
    false,
    false,
    true,
    true,
    false,
    false,
  ])
  const later = await come()
  expect(await numbers()).toEqual([
    { operator_id: decodeId('org', operator.organisation), number: 1 },
    { operator_id: between, number: 2 },
    { operator_id: later, number: 3 },
  ])

  monthsOn(7)
  await end()
  monthsOn(8)
  expect((await name()).body).toMatchObject({ until })
  expect(await isLaunch(2, 4, 6, 7, 8, 11, 12)).toEqual([true, false, true, false, true, true, false])
  await end()
  monthsOn(12)
  const over = await name()
  expect(over.status).toBe(409)
  expect(over.body.detail).toContain('over on 2027-01-31')
})
