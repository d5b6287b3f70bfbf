import { saveInstallation } from '../installation.ts'
import type { Standalone } from '../standalone.ts'
import { administer } from './administer.ts'
import { enter, type Caller } from './caller.ts'
import { decideSome } from './decide.ts'
import { payAndEarn } from './money.ts'
import { ensureBusiness, ensureExecution, ensureSubscription, importFiles } from './operate.ts'
import { demoPeople, type SignIn } from './people.ts'
import { portfolio, type DemoBusiness, type DemoOperator } from './portfolio.ts'
import { publishPersonal, publishServices, submitDearer } from './provide.ts'
import { answerVoices, writeReviews } from './voices.ts'

export type { SignIn } from './people.ts'

/**
 * Fills an installation with the demo on its first start, through the public API alone, while it serves.
 * What an interrupted start has done already is found and left. Answers who can sign in: nobody
 * where the first start was one without the demo.
 */
export async function ensureDemo(running: Standalone, say: (line: string) => void): Promise<SignIn[]> {
  if (!running.installation.wantsDemo) return []
  const people = await demoPeople(running.home)
  if (!running.installation.hasDemo) {
    const startedAt = performance.now()
    say('\nFilling in the demo: two operators with three businesses each, on real data …')
    const certifiers = await openMarketplace(running, people)
    const provider = await enter(running.url, people.rhea)
    await ensureOrganisation(provider, 'Open Ledger Works', 'provider')
    const publishing = publishServices(provider, certifiers)
    await Promise.all([
      publishing.then(() => publishPersonal(provider, certifiers)).then(() => submitDearer(provider)),
      ...portfolio.map((operator) => fillOperator(running.url, people, operator, publishing, say)),
    ])
    const [admin, operator] = [await enter(running.url, people.ada), await enter(running.url, people.maya)]
    await administer({ admin, operator, provider })
    await answerVoices(provider)
    await payAndEarn({ operator, other: await enter(running.url, people.jonas), provider }, say)
    await saveInstallation(running.home, { ...running.installation, hasDemo: true })
    say(`The demo is in, after ${Math.round((performance.now() - startedAt) / 1_000)} s.`)
  }
  return Object.values(people)
}

async function ensureOrganisation(
  person: Caller,
  name: string,
  kind: 'operator' | 'provider',
): Promise<void> {
  const me = await person.get<{ organisation: object | null }>('/me')
  if (!me.organisation) await person.post('/organisations', { name, kind })
}

async function fillOperator(
  url: string,
  people: Awaited<ReturnType<typeof demoPeople>>,
  operator: DemoOperator,
  publishing: Promise<void>,
  say: (line: string) => void,
): Promise<void> {
  const owner = await enter(url, people[operator.owner])
  await ensureOrganisation(owner, operator.name, 'operator')
  if (operator.viewer) await ensureViewer(url, owner, people[operator.viewer])
  for (const business of operator.businesses) {
    const startedAt = performance.now()
    const id = await ensureBusiness(owner, business)
    const rows = await importFiles(owner, id, await business.files())
    await publishing
    await runServices(owner, id, business)
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
    say(`  ${business.name}: ${rows} rows, ${Object.keys(business.services).length} services (${seconds} s)`)
  }
  const count = await decideSome(owner)
  await writeReviews(owner)
  if (count > 0) say(`  ${operator.name}: ${count} actions decided`)
}

/** The organisation that runs the marketplace: its owner is invited by the installation, its certifiers by her. */
async function openMarketplace(
  running: Standalone,
  people: Awaited<ReturnType<typeof demoPeople>>,
): Promise<Caller[]> {
  const owner = await enter(running.url, people.ada)
  const invited = new URL(await running.inviteOwner(people.ada.email)).searchParams.get('secret') ?? ''
  await joinUnlessIn(owner, () => Promise.resolve(invited))
  const certifiers: Caller[] = []
  for (const person of [people.cleo, people.sven]) {
    const certifier = await enter(running.url, person)
    await joinUnlessIn(certifier, () => invite(owner, person, 'certifier'))
    certifiers.push(certifier)
  }
  return certifiers
}

async function invite(owner: Caller, { email }: SignIn, role: string): Promise<string> {
  const { secret } = await owner.post<{ secret: string }>('/invitations', { email, role })
  return secret
}

/** Joins by the secret of an invitation; not asked for by who belongs somewhere already. */
async function joinUnlessIn(person: Caller, secretOf: () => Promise<string>): Promise<void> {
  const me = await person.get<{ organisation: object | null }>('/me')
  if (!me.organisation) await person.post('/invitations/accept', { secret: await secretOf() })
}

async function ensureViewer(url: string, owner: Caller, viewer: SignIn): Promise<void> {
  await joinUnlessIn(await enter(url, viewer), () => invite(owner, viewer, 'viewer'))
}

async function runServices(owner: Caller, business: string, demo: DemoBusiness): Promise<void> {
  for (const [service, settings] of Object.entries(demo.services)) {
    const subscription = await ensureSubscription(owner, business, service, settings)
    const { id, state } = await ensureExecution(owner, subscription)
    if (state !== 'succeeded')
      throw new Error(`${service} did not succeed for ${demo.name}: ${id} is ${state}`)
  }
}
