import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { RefusedError, type Caller } from './caller.ts'
import { approveRelease } from './certify.ts'

const examples = join(import.meta.dirname, '../../../providers-examples')

const services = [
  'cash-flow-optimizer',
  'receivables-accelerator',
  'expense-categoriser',
  'inventory-planner',
]

interface Built {
  manifest: { version: string; pricing: { monthly: { amount: number } } }
  bundle: string
  documents: { readme: string; changelog: string; screenshots: string[] }
  cases: object[]
}

interface Release {
  id: string
  state: string
  checks: { outcome: string; detail: string }[]
}

/** Publishes the example services that the demo's businesses subscribe to. */
export async function publishServices(provider: Caller, certifiers: readonly Caller[]): Promise<void> {
  for (const service of services) await publishService(provider, certifiers, service)
}

/** Publishes one that asks for personal data, which two certifiers look at. */
export async function publishPersonal(provider: Caller, certifiers: readonly Caller[]): Promise<void> {
  await publishService(provider, certifiers, 'contact-keeper')
}

/** As a provider would: takes the name, submits what `bizq build` wrote, and is certified. */
async function publishService(
  provider: Caller,
  certifiers: readonly Caller[],
  service: string,
): Promise<void> {
  await provider.post('/provider/services', { service }).catch(unlessThere)
  const release = await submit(provider, service, await readBuilt(service))
  if (release.state === 'submitted') await approveRelease(certifiers, release.id)
  else if (release.state !== 'published') throw notPublished(service, release)
}

/** A release that asks for more and waits for a certifier: the same service, dearer. */
export async function submitDearer(provider: Caller): Promise<void> {
  const service = 'cash-flow-optimizer'
  const { manifest, bundle, documents, cases } = await readBuilt(service)
  const monthly = { ...manifest.pricing.monthly, amount: 700 }
  const dearer = {
    manifest: { ...manifest, version: '2.0.0', pricing: { ...manifest.pricing, monthly } },
    cases,
    bundle: bundle.replace('version:`1.0.0`', 'version:`2.0.0`').replace(/(monthly:\w+\()5\)/, '$17)'),
    documents: {
      ...documents,
      changelog: documents.changelog.replace('## 1.0.0', '## 2.0.0\n\nCosts $7 a month.\n\n## 1.0.0'),
    },
  }
  const release = await submit(provider, service, dearer)
  if (release.state !== 'submitted') throw notPublished(service, release)
}

function submit(provider: Caller, service: string, built: Built): Promise<Release> {
  return provider.post<Release>(`/provider/services/${service}/releases`, built)
}

async function readBuilt(service: string): Promise<Built> {
  const folder = join(examples, service)
  if (!existsSync(join(folder, 'dist')))
    throw new Error(`${service} is not built. Run: pnpm bizq build providers-examples/${service}`)
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  const images = await readdir(join(folder, 'screenshots'))
  const screenshots = images.map((name) => readFile(join(folder, 'screenshots', name), 'base64'))
  const cases = await readdir(join(folder, 'cases')).catch(() => [])
  return {
    manifest: JSON.parse(await read('dist/manifest.json')) as Built['manifest'],
    bundle: await read('dist/bundle.js'),
    documents: {
      readme: await read('README.md'),
      changelog: await read('CHANGELOG.md'),
      screenshots: await Promise.all(screenshots),
    },
    cases: await Promise.all(
      cases.map(async (file) => ({
        ...(JSON.parse(await read(`cases/${file}`)) as object),
        name: basename(file, '.json'),
      })),
    ),
  }
}

function notPublished(service: string, { state, checks }: Release): Error {
  const failed = checks.filter(({ outcome }) => outcome === 'failed').map(({ detail }) => detail)
  return new Error(`${service} is ${state}: ${failed.join('; ')}`)
}

function unlessThere(error: unknown): void {
  if (!(error instanceof RefusedError && error.status === 409)) throw error
}
