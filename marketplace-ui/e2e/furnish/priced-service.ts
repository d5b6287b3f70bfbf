import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until, type Api } from '../api.ts'

const examples = join(import.meta.dirname, '../../../providers-examples')

interface Offer {
  service: string
  name: string
  pricing: object
}
interface Release {
  id: string
  service: string
  state: string
  checks: { outcome: string; detail: string }[]
}
interface Submission {
  report: { id: string }
  checklist: { id: string }[]
}

/** An example under another name and price, as its provider would build it: both stand in the manifest and in the bundle. */
async function builtAs(example: string, { service, name, pricing }: Offer) {
  const folder = join(examples, example)
  const read = (file: string) => readFile(join(folder, file), 'utf8')
  const manifest = JSON.parse(await read('dist/manifest.json')) as { service: string; name: string }
  const bundle = (await read('dist/bundle.js'))
    .replace(`service:\`${manifest.service}\``, `service:\`${service}\``)
    .replace(`name:\`${manifest.name}\``, `name:\`${name}\``)
    .replace(/pricing:\{monthly:\w+\([\d.]+\)\}/, `pricing:${JSON.stringify(pricing)}`)
  const images = await readdir(join(folder, 'screenshots'))
  const screenshots = images.map((file) => readFile(join(folder, 'screenshots', file), 'base64'))
  const documents = {
    readme: await read('README.md'),
    changelog: await read('CHANGELOG.md'),
    screenshots: await Promise.all(screenshots),
  }
  return { manifest: { ...manifest, service, name, pricing }, bundle, documents }
}

/** Has a service of this price offered to everybody: submitted by its provider, approved by a certifier. Resolves to its id. */
export async function offerService(
  provider: Api,
  certifier: Api,
  example: string,
  offer: Offer,
): Promise<string> {
  const { id } = await provider.post<{ id: string }>('/provider/services', { service: offer.service })
  const path = `/provider/services/${offer.service}/releases`
  const release = await provider.post<Release>(path, await builtAs(example, offer))
  if (release.state !== 'submitted') throw new Error(`Not submitted: ${JSON.stringify(release.checks)}`)
  const submission = `/certifier/submissions/${release.id}`
  const { report, checklist } = await certifier.get<Submission>(submission)
  await certifier.put(
    `${submission}/checklist`,
    Object.fromEntries(checklist.map((each) => [each.id, 'yes'])),
  )
  const words = 'It does what it says, and its price is as its manifest has it.'
  await certifier.post(`${submission}/decision`, { decision: 'approve', report: report.id, words })
  await until(
    () => provider.get<{ items: Release[] }>(path),
    ({ items }) => items.some(({ state }) => state === 'published'),
  )
  return id
}
