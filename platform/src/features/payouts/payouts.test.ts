import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asPlatform } from '../../../test/money.ts'
import { openOffice } from '../../../test/executions.ts'
import { accountAt, enable } from '../../../test/payouts.ts'
import { createBusiness, join, platformPerson, signUpOperator } from '../../../test/people.ts'
import { paidInvoice, paidLine, settle, signUpProvider } from '../../../test/sales.ts'
import { subscribe } from '../../../test/services.ts'
import { moneyTest } from '../../../test/stripe.ts'
import { launchTermsOf } from './index.ts'
import type { EarningsLine } from './schemas.ts'
import { nextTransferAt } from './schedule.ts'
import { standingOf } from './standing.ts'
import { requirementInWords } from './requirements.ts'

const test = moneyTest()

test('the next transfer is the next day, Monday or first of a month, never now', () => {
  const at = (iso: string) => new Date(iso)
  const next = (schedule: 'daily' | 'weekly' | 'monthly', from: string) =>
    nextTransferAt(schedule, at(from)).toISOString().slice(0, 16)
  expect(next('daily', '2026-11-30T23:59:59Z')).toBe('2026-12-01T00:00')
  expect(next('daily', '2026-12-01T00:00:00Z')).toBe('2026-12-02T00:00')
  expect(next('weekly', '2026-11-21T12:00:00Z')).toBe('2026-11-23T00:00')
  expect(next('weekly', '2026-11-23T00:00:00Z')).toBe('2026-11-30T00:00')
  expect(next('weekly', '2026-11-22T23:59:59Z')).toBe('2026-11-23T00:00')
  expect(next('monthly', '2026-12-31T12:00:00Z')).toBe('2027-01-01T00:00')
  expect(next('monthly', '2027-01-01T00:00:00Z')).toBe('2027-02-01T00:00')
})

test('an account is enabled, due or restricted by what Stripe says it may do', () => {
  const requirements = { currently_due: [], past_due: [], current_deadline: null, disabled_reason: null }
  const account = (change: object, asked: object = {}) =>
    standingOf({
      details_submitted: true,
      capabilities: { transfers: 'active' },
      payouts_enabled: true,
      requirements: { ...requirements, ...asked },
      ...change,
    } as never)
  expect(account({})).toMatchObject({ state: 'enabled', canBePaid: true, missing: [] })
  expect(
    account({}, { currently_due: ['individual.dob.day'], current_deadline: 1_800_000_000 }),
  ).toMatchObject({
    state: 'due',
    canBePaid: true,
    missing: [{ name: 'individual.dob.day', isLate: false }],
    dueAt: new Date(1_800_000_000_000),
  })
  expect(account({ payouts_enabled: false })).toMatchObject({ state: 'restricted', canBePaid: false })
  expect(account({ capabilities: { transfers: 'pending' } })).toMatchObject({
    state: 'restricted',
    canBePaid: false,
  })
  expect(
    account({ capabilities: {} }, { past_due: ['external_account'], currently_due: ['external_account'] }),
  ).toMatchObject({
    state: 'restricted',
    missing: [{ name: 'external_account', isLate: true }],
  })
})

test('of an account that is new nothing is late, and what reads the same is asked for once', async ({
  platform,
}) => {
  const provider = await signUpProvider(platform)
  await accountAt(platform, provider)
  const { body } = await provider.get('/v1/provider/account')
  expect(body).toMatchObject({ state: 'restricted', why: 'The account is not set up yet.' })
  const words = body.missing.map((each: { words: string }) => each.words)
  expect(words).toContain('A date of birth')
  expect(new Set(words).size).toBe(words.length)
  expect(body.missing.filter((each: { isLate: boolean }) => each.isLate)).toEqual([])
})

test('what Stripe asks for is said in words, whatever it is called', () => {
  expect(requirementInWords('individual.verification.document')).toBe('A photo of an identity document')
  expect(requirementInWords('tos_acceptance.date')).toBe('Your agreement to Stripe’s terms')
  expect(requirementInWords('person_123.relationship.title_of_tomorrow')).toBe(
    'What Stripe calls person 123 relationship title of tomorrow',
  )
})

test('a provider has one account with Stripe, however often it begins', async ({ platform }) => {
  const provider = await signUpProvider(platform)
  const before = platform.requests.length
  const links = await Promise.all(
    [1, 2, 3].map(() =>
      provider.post('/v1/provider/account/onboarding-link', {
        country: 'DE',
        returnTo: '/portal/provider/payouts',
      }),
    ),
  )
  expect(links.map(({ status }) => status)).toEqual([201, 201, 201])
  const own = await accountAt(platform, provider)
  const accounts = await platform.deps.stripe.accounts.list({ limit: 100 })
  expect(accounts.data.filter(({ id }) => id === own)).toHaveLength(1)
  const { body } = await provider.get('/v1/provider/account')
  expect(body).toMatchObject({ state: 'restricted', country: 'DE', mode: 'simulator' })
  const asked = platform.requests
    .slice(before)
    .filter(({ method, path }) => method === 'POST' && path === '/v1/accounts')
  expect(new Set(asked.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)

  const session = await provider.post('/v1/provider/account/session', {})
  expect(session.status).toBe(201)
  expect(session.body.clientSecret).toEqual(expect.any(String))
})

test('what Stripe refuses of an account is the provider’s to read, and a way back leads nowhere else', async ({
  platform,
}) => {
  const provider = await signUpProvider(platform)
  for (const returnTo of [
    'https://elsewhere.example',
    '//elsewhere.example',
    '/\\elsewhere.example',
    'portal',
  ])
    expect((await provider.post('/v1/provider/account/onboarding-link', { returnTo })).status).toBe(422)
  expect((await provider.post('/v1/provider/account/onboarding-link', { country: 'Germany' })).status).toBe(
    422,
  )
})

test('an account is the provider’s own: others read nothing of it, and who may only read changes nothing', async ({
  platform,
  operator,
}) => {
  const provider = await signUpProvider(platform)
  await enable(platform, provider)
  const viewer = await join(platform.app, provider, 'viewer')
  const paths = [
    'account',
    'earnings',
    'statements/2026-11',
    'statements/2026-11/pdf',
    'transfers',
    'payouts',
  ]
  const token = await provider.withToken(['releases:write'])
  for (const path of paths) {
    expect((await viewer.get(`/v1/provider/${path}`)).status).toBe(200)
    expect((await operator.get(`/v1/provider/${path}`)).status).toBe(403)
    expect((await token.get(`/v1/provider/${path}`)).status).toBe(403)
  }
  for (const who of [viewer, operator, token]) {
    expect((await who.post('/v1/provider/account/onboarding-link', {})).status).toBe(403)
    expect((await who.post('/v1/provider/account/session', {})).status).toBe(403)
    expect((await who.send('PUT', '/v1/provider/payout-schedule', { schedule: 'daily' })).status).toBe(403)
  }
  const set = await provider.send('PUT', '/v1/provider/payout-schedule', { schedule: 'weekly' })
  expect(set.body).toMatchObject({ schedule: 'weekly', canBePaid: true })
  expect(new Date(set.body.nextTransferAt as string).getUTCDay()).toBe(1)
  const stranger = await signUpProvider(platform)
  expect((await stranger.get('/v1/provider/account')).body.state).toBe('none')
  expect((await stranger.send('PUT', '/v1/provider/payout-schedule', { schedule: 'daily' })).status).toBe(409)
})

test('a statement’s opening, what came, what went and its closing agree, as a page, as CSV and as a tagged PDF', async ({
  platform,
  operator,
}) => {
  const provider = await signUpProvider(platform)
  const line = paidLine(provider, { card: 1_000n })
  const named = {
    ...line.sale,
    provider: decodeId('org', provider.organisation),
    month: '2026-10',
    kind: 'usage' as const,
  }
  const formula = { ...named, service: { id: line.id, name: '=cmd()' } }
  const before = paidInvoice(operator, [line], { paidAt: new Date('2026-10-05T00:00:00Z') })
  await settle(platform, before)
  const inMonth = [
    paidLine(provider, { sale: formula, card: 2_000n }),
    paidLine(provider, { card: 500n, promotional: 500n }),
  ]
  await settle(
    platform,
    paidInvoice(operator, inMonth, { paidAt: new Date('2026-11-05T00:00:00Z'), processingFee: 102n }),
  )

  const { body } = await provider.get('/v1/provider/statements/2026-11')
  expect(body.balances).toEqual([
    {
      opening: { amount: 800, currency: 'USD' },
      earned: { amount: 2_298, currency: 'USD' },
      refunded: { amount: 0, currency: 'USD' },
      transferred: { amount: 0, currency: 'USD' },
      returned: { amount: 0, currency: 'USD' },
      closing: { amount: 3_098, currency: 'USD' },
    },
  ])
  expect(body.earned).toHaveLength(2)
  for (const each of body.earned)
    expect(each.share.amount).toBe(
      each.gross.amount - each.conversion.amount - each.platformFee.amount - each.processing.amount,
    )
  // Of 10.00 the operator paid 5.00, and the plan's credit the rest.
  expect(body.earned.map(({ gross, credit }: EarningsLine) => [gross.amount, credit.amount]).sort()).toEqual([
    [1_000, 500],
    [2_000, 0],
  ])
  const csv = await provider.get('/v1/provider/statements/2026-11/csv')
  expect(csv.headers.get('content-type')).toContain('text/csv')
  expect(csv.body).toContain("earned,'=cmd(),2026-10,USD,20.00,0.00,0.00,4.00,0.82,15.18")
  expect(csv.body).toContain('closing,,,USD,,,,,,30.98')
  const pdf = await provider.get('/v1/provider/statements/2026-11/pdf')
  expect(pdf.body.slice(0, 8)).toBe('%PDF-1.7')
  for (const mark of ['/MarkInfo', '/S /H1', '/S /Table', '/S /TH', '/Lang (en)'])
    expect(pdf.body).toContain(mark)
  const other = await signUpProvider(platform)
  expect((await other.get('/v1/provider/statements/2026-11')).body.earned).toEqual([])
})

test('earnings are told by service and month with their currency, never by who paid', async ({
  platform,
  operator,
}) => {
  const provider = await signUpProvider(platform)
  const second = await signUpOperator(platform.app)
  const { sale } = paidLine(provider)
  for (const who of [operator, second])
    await settle(platform, paidInvoice(who, [paidLine(provider, { sale })]))
  const { body } = await provider.get('/v1/provider/earnings?month=2026-11')
  expect(body.items).toHaveLength(1)
  expect(body.items[0]).toMatchObject({
    month: '2026-11',
    lines: 2,
    gross: { amount: 2_000 },
    share: { amount: 1_600 },
    net: { amount: 1_600 },
  })
  expect(body.months).toEqual(['2026-11'])
  expect(JSON.stringify(body)).not.toContain(operator.organisation)
  expect((await provider.get('/v1/provider/earnings?month=2026-13')).status).toBe(422)
})

test('a launch provider is paid 90 per cent for a year, and its first customers pay nothing in it', async ({
  platform,
  operator,
}) => {
  const { app, deps } = platform
  const { provider } = await openOffice(platform, operator)
  const admin = await platformPerson(platform, 'owner')
  const certifier = await join(app, admin, 'certifier')
  const asked = { provider: provider.organisation }
  expect((await certifier.post('/v1/admin/launch-providers', asked)).status).toBe(403)
  expect((await provider.post('/v1/admin/launch-providers', asked)).status).toBe(403)
  expect((await admin.post('/v1/admin/launch-providers', { provider: operator.organisation })).status).toBe(
    404,
  )

  const [own, theirs] = [decodeId('org', provider.organisation), decodeId('org', operator.organisation)]
  const now = deps.clock()
  expect((await launchTermsOf(deps, theirs))(own, now)).toEqual({ sharePercent: 80, isFree: false })
  const added = await admin.post('/v1/admin/launch-providers', asked)
  expect(added.body).toMatchObject({ customers: 1, endedAt: null })
  expect(added.status).toBe(201)
  expect((await admin.post('/v1/admin/launch-providers', asked)).status).toBe(409)

  const terms = await launchTermsOf(deps, theirs)
  const later = (days: number) => new Date(deps.clock().getTime() + days * 86_400_000)
  expect(terms(own, later(1))).toEqual({ sharePercent: 90, isFree: true })
  expect(terms(own, later(367))).toEqual({ sharePercent: 80, isFree: false })
  expect(terms(own, later(-1))).toEqual({ sharePercent: 80, isFree: false })
  const stranger = await signUpOperator(app)
  expect((await launchTermsOf(deps, decodeId('org', stranger.organisation)))(own, later(1))).toEqual({
    sharePercent: 90,
    isFree: false,
  })
  expect((await provider.get('/v1/provider/account')).body).toMatchObject({
    isLaunch: true,
    sharePercent: 90,
  })

  expect((await admin.send('DELETE', `/v1/admin/launch-providers/${provider.organisation}`)).status).toBe(204)
  expect((await launchTermsOf(deps, theirs))(own, later(1))).toEqual({ sharePercent: 80, isFree: false })
  expect((await admin.get('/v1/admin/launch-providers')).body.items[0].endedAt).toEqual(expect.any(String))
})

test('the hundred and first customer of a launch provider pays, and none is numbered twice', async ({
  platform,
  operator,
}) => {
  const admin = await platformPerson(platform, 'owner')
  const office = await openOffice(platform, operator)
  const provider = decodeId('org', office.provider.organisation)
  await admin.post('/v1/admin/launch-providers', { provider: office.provider.organisation })
  const come = async () => {
    const who = await signUpOperator(platform.app)
    for (let times = 0; times < 2; times++)
      await subscribe(who, await createBusiness(who), office.published.service)
    return decodeId('org', who.organisation)
  }
  const numbers = () =>
    asPlatform(platform, ({ tx }) =>
      tx
        .selectFrom('launch_customers')
        .select('number')
        .where('provider_id', '=', provider)
        .orderBy('number')
        .execute(),
    )
  expect(await numbers()).toEqual([{ number: 1 }])
  await asPlatform(platform, ({ tx, actor }) =>
    tx
      .insertInto('launch_customers')
      .values(
        Array.from({ length: 98 }, (_, i) => ({
          organisation_id: actor.organisation,
          provider_id: provider,
          operator_id: crypto.randomUUID(),
          number: i + 2,
        })),
      )
      .execute(),
  )
  const [hundredth, next] = [await come(), await come()]
  expect((await numbers()).at(-1)).toEqual({ number: 100 })
  const terms = async (who: string) =>
    (await launchTermsOf(platform.deps, who))(provider, platform.deps.clock())
  expect((await terms(hundredth)).isFree).toBe(true)
  expect((await terms(next)).isFree).toBe(false)
})
