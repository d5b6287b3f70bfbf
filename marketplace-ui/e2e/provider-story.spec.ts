import type { Page } from '@playwright/test'
import { enter, enterAs, until, type Api } from './api.ts'
import { approveInPortal } from './certifier.ts'
import { newDeveloper, type Developer } from './developer.ts'
import { openOffice, subscribe, type Office } from './office.ts'
import { newPerson } from './operator.ts'
import { expect, open, seeded, test } from './test.ts'

let developer: Developer | undefined

test.skip(({ isMobile }) => isMobile, 'a developer sits at a desk')
test.afterEach(async () => {
  await developer?.leave()
  developer = undefined
})

test('from nothing to a service in the catalogue, and what becomes of it', async ({ page, browser }) => {
  test.setTimeout(1_200_000)
  const { url, states } = seeded()
  const service = `late-invoices-${Date.now().toString(36)}`
  developer = await newDeveloper(url, service)
  const own = developer
  await test.step('see it run on an invented business, without an account', () => seeDev(own, page))
  await test.step('ask for too much, be told so, and mend it', () => certify(own))
  await test.step('become a provider', () => becomeProvider(page))
  await test.step('sign the command line in', () => login(own, page))

  const certifying = await browser.newContext({ storageState: states.certifier })
  const certifier = await certifying.newPage()
  await test.step('publish: it waits for a certifier, who approves', async () => {
    expect((await own.bizq(['publish'])).last).toMatchObject({ state: 'submitted' })
    await approveInPortal(certifier, service)
    await expectState(own, service, '1.0.0', 'published')
  })

  const office = await test.step('six businesses have late invoices', () => openOffice(url, own.folder))
  const desk = await browser.newContext({ storageState: await office.api.context.storageState() })
  const operator = await desk.newPage()
  await test.step('an operator consents, and approves what it proposes', () =>
    consentAndApprove(operator, service, office))
  await test.step('the others subscribe', () => subscribeAll(office, service))
  await test.step('the provider sees that it ran, and nothing of for whom', () => seeRuns(own, service))

  await test.step('a release that asks for more waits for consent', async () => {
    await raise(own, '1.0.0', '2.0.0', 'It costs two dollars more.')
    await own.edit('src/index.ts', 'monthly: usd(5)', 'monthly: usd(7)')
    expect((await own.bizq(['publish'])).last).toMatchObject({ state: 'submitted', isMajor: true })
    await approveInPortal(certifier, service)
    await expectState(own, service, '2.0.0', 'published')
    await expectRelease(office, { runs: '1.0.0', waits: '2.0.0' })
  })

  await test.step('a bad one goes to a few, and is taken back by itself', async () => {
    for (const subscription of office.subscriptions) await agree(office, subscription, service)
    await raise(own, '2.0.0', '2.0.1', 'It looks twice.')
    await own.edit(
      'src/index.ts',
      'const late = data.invoices',
      `${failsInService}\n    const late = data.invoices`,
    )
    const canary = ['publish', '--canary', '50']
    expect((await own.bizq(canary)).last).toMatchObject({ state: 'staged', isMajor: false })
    await runUntilReverted(office)
    await expectState(own, service, '2.0.1', 'suspended')
    await expectRelease(office, { runs: '2.0.0', waits: null })
  })

  await test.step('the marketplace suspends it: nothing runs any more, and everybody reads why', async () => {
    const admin = await enterAs(url, states.admin)
    await suspend(admin, service)
    await expectSuspended(operator, office)
  })
})

/** A version that its changelog tells of. */
async function raise({ edit }: Developer, from: string, to: string, what: string): Promise<void> {
  await edit('src/index.ts', `version: '${from}'`, `version: '${to}'`)
  await edit('CHANGELOG.md', `## ${from}`, `## ${to}\n\n${what}\n\n## ${from}`)
}

/** A mistake that no case of the suite meets. */
const failsInService = "if (data.invoices.length === 4) throw new Error('four is one too many')"

/** What `bizq dev` shows: proposals as an operator reads them, and what approving one does. */
async function seeDev({ begin }: Developer, page: Page): Promise<void> {
  const address = Promise.withResolvers<string>()
  const said: string[] = []
  const dev = begin(['dev', '--no-open', '--port', '0'], (line) => {
    said.push(line)
    const found = /^Serving (http:\S+);/.exec(line)?.[1]
    if (found) address.resolve(found)
  })
  try {
    await page.goto(await address.promise)
    const cards = page.locator('#cards li')
    await expect(cards.first()).toBeVisible()
    const first = cards.first()
    await first.getByRole('button', { name: 'Approve' }).click()
    await expect(first.getByRole('button', { name: 'Undo' })).toBeVisible()
    await expect(page.getByRole('status')).toContainText('proposals')
  } finally {
    await dev.end()
  }
}

interface Finding {
  id: string
  outcome: string
  severity: string
  findings: { detail: string }[]
  howToMend: string
}

/** A field that no case uses is found, with what to do about it; without it the service passes. */
async function certify({ bizq, edit }: Developer): Promise<void> {
  await edit('src/index.ts', "'remindedAt'],", "'remindedAt', 'notes'],")
  const refused = await bizq(['certify'])
  expect(refused.code).toBe(1)
  const failed = (refused.last['results'] as Finding[]).filter(
    ({ outcome, severity }) => outcome === 'failed' && severity === 'error',
  )
  expect(failed).toMatchObject([
    {
      id: 'least-data.fields',
      findings: [{ detail: expect.stringContaining('without invoices.notes the output was the same') }],
      howToMend: expect.stringContaining('Leave the field out'),
    },
  ])
  await edit('src/index.ts', "'remindedAt', 'notes'],", "'remindedAt'],")
  expect(await bizq(['certify'])).toMatchObject({ code: 0, last: { verdict: 'passed' } })
}

/** Signs up, and makes a provider organisation in the portal. */
async function becomeProvider(page: Page): Promise<void> {
  const api = await enter(seeded().url, 'sign-up', newPerson('Ravi Sands'))
  await page.context().addCookies((await api.context.storageState()).cookies)
  await open(page, '/portal/provider')
  await expect(page).toHaveURL(/\/portal\/provider\/start$/)
  await page.getByLabel('Name', { exact: true }).fill('Sands Analytics')
  await page.getByLabel('Country').selectOption('NL')
  await page.getByLabel('Support contact').fill('https://sands.example/support')
  await page.getByRole('button', { name: 'Make a provider organisation' }).click()
  await expect(page.getByRole('heading', { name: 'First steps', level: 1 })).toBeVisible()
}

/** Confirms in the browser the code that the command line shows. */
async function login({ bizq }: Developer, page: Page): Promise<void> {
  let visiting: Promise<void> | undefined
  const signedIn = await bizq(['login', '--no-open'], (line) => {
    if (line['event'] === 'code') visiting = confirm(page, String(line['completeAddress']))
  })
  await visiting
  expect(signedIn.last).toMatchObject({ event: 'signed-in' })
  expect((await bizq(['whoami'])).last).toMatchObject({ organisation: { kind: 'provider' } })
}

async function confirm(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'It is my code' }).click()
  await page.getByRole('button', { name: 'Allow' }).click()
  await expect(page.getByText('Connected')).toBeVisible()
}

interface Release {
  id: string
  version: string
  state: string
}

/** What the command line says of a version. */
async function expectState({ bizq }: Developer, service: string, version: string, state: string) {
  await expect
    .poll(async () => {
      const { services } = (await bizq(['status', service])).last as { services: { releases: Release[] }[] }
      return services[0]?.releases.find((release) => release.version === version)?.state
    })
    .toBe(state)
}

async function consentAndApprove(page: Page, service: string, office: Office): Promise<void> {
  const [business = ''] = office.businesses
  await open(page, `/services/${service}/subscribe?business=${business}`)
  await expect(page.getByRole('region', { name: 'As the provider sees them' }).first()).toBeVisible()
  await page.getByRole('button', { name: 'Subscribe' }).click()
  await expect(page).toHaveURL(/\/subscriptions\/sub_/)
  await open(page, '/?group=none')
  const card = page.getByRole('article').filter({ hasText: 'Alder & Finch' }).first()
  await card.getByRole('button', { name: 'Approve' }).click()
  const approved = await until(
    () => office.api.get<{ items: object[] }>('/actions?state=approved&limit=1'),
    ({ items }) => items.length > 0,
  )
  expect(approved.items).toHaveLength(1)
}

async function subscribeAll(office: Office, service: string): Promise<void> {
  for (const business of office.businesses.slice(1)) await subscribe(office, business, service)
  const { items } = await office.api.get<{ items: { id: string }[] }>('/subscriptions?limit=100')
  office.subscriptions.splice(0, Infinity, ...items.map(({ id }) => id))
  expect(items).toHaveLength(office.businesses.length)
}

/** What the provider learns: that it ran, how long, and nothing of for whom. */
async function seeRuns({ bizq }: Developer, service: string): Promise<void> {
  const { lines } = await bizq(['logs', service])
  expect(lines.filter(({ outcome }) => outcome === 'succeeded').length).toBeGreaterThanOrEqual(6)
  expect(JSON.stringify(lines)).not.toMatch(/hale|alder|dunmore|org_|bus_|sub_/i)
}

interface Subscription {
  id: string
  version: string
  waiting: { release: string; version: string } | null
}

/** What every subscription of the office runs, and what waits for its consent. */
async function expectRelease(office: Office, { runs, waits }: { runs: string; waits: string | null }) {
  await expect
    .poll(async () => {
      const { items } = await office.api.get<{ items: Subscription[] }>('/subscriptions?limit=100')
      return [...new Set(items.map(({ version, waiting }) => `${version} ${waiting?.version ?? null}`))]
    })
    .toEqual([`${runs} ${waits}`])
}

/** Consents to the release that waits, having seen what it gets. */
async function agree({ api }: Office, subscription: string, service: string): Promise<void> {
  const { business, waiting } = await api.get<Subscription & { business: string }>(
    `/subscriptions/${subscription}`,
  )
  const preview = await api.post<{ id: string }>(`/services/${service}/preview`, {
    business,
    release: waiting?.release,
  })
  await api.post(`/subscriptions/${subscription}/consent`, { preview: preview.id })
}

/** Runs those that the canary took, until what they did is too bad to go on with. */
async function runUntilReverted(office: Office): Promise<void> {
  const versions = async () => {
    const { items } = await office.api.get<{ items: Subscription[] }>('/subscriptions?limit=100')
    return items
  }
  await until(versions, (items) => items.some(({ version }) => version === '2.0.1'))
  await until(
    async () => {
      const taken = (await versions()).filter(({ version }) => version === '2.0.1')
      // One that runs, or rests after failures, is left alone.
      for (const { id } of taken)
        await office.api.post(`/subscriptions/${id}/executions`).catch(() => undefined)
      return taken.length
    },
    (count) => count === 0,
  )
}

async function suspend(admin: Api, service: string): Promise<void> {
  const { items } = await admin.get<{ items: { id: string; service: string }[] }>('/admin/services?limit=200')
  const id = items.find((one) => one.service === service)?.id ?? ''
  await admin.post(`/admin/services/${id}/acts`, {
    kind: 'suspend',
    code: 'harmful',
    words: 'It failed for half of those who use it; it stays off until its provider says why.',
  })
}

/** Nothing runs any more, and the subscription's page says who stopped it and why. */
async function expectSuspended(page: Page, office: Office): Promise<void> {
  const [subscription = ''] = office.subscriptions
  const answer = await office.api.context.post(`/v1/subscriptions/${subscription}/executions`, {
    headers: { 'idempotency-key': subscription },
  })
  expect(answer.ok()).toBe(false)
  await open(page, `/subscriptions/${subscription}`)
  await expect(page.getByText('it stays off until its provider says why').first()).toBeVisible()
}
