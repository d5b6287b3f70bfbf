import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Api } from '../api.ts'

const examples = join(import.meta.dirname, '../../../providers-examples')

interface Release {
  id: string
  version: string
  state: string
}

/** The example as it would be built with a higher version: that stands in the manifest and once in the bundle. */
async function builtAs(example: string, version: string) {
  const folder = join(examples, example, 'dist')
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as object
  const bundle = await readFile(join(folder, 'bundle.js'), 'utf8')
  return {
    manifest: { ...manifest, version },
    bundle: bundle.replace('version:`1.0.0`', `version:\`${version}\``),
  }
}

/** What a provider did with a service that some already have: a canary that runs, a code for a test operator, and one for a friend. */
export async function furnishRollouts(provider: Api) {
  const service = 'receivables-accelerator'
  const path = `/provider/services/${service}`
  const publication = { kind: 'canary', percent: 20, hours: 48 }
  const { readme, changelog } = {
    readme: await readFile(join(examples, service, 'README.md'), 'utf8'),
    changelog: (await readFile(join(examples, service, 'CHANGELOG.md'), 'utf8')).replace(
      '## 1.0.0',
      '## 1.0.1\n\nWrites to nobody twice on one day.\n\n## 1.0.0',
    ),
  }
  const picture = await readFile(join(import.meta.dirname, '../../static/screenshot.png'))
  const documents = { readme, changelog, screenshots: [picture.toString('base64')] }
  const body = { ...(await builtAs(service, '1.0.1')), documents, publication }
  const canary = await provider.post<Release>(`${path}/releases`, body)
  if (canary.state !== 'staged') throw new Error(`No canary began: ${JSON.stringify(canary)}`)
  await provider.post(`${path}/invitations`, { kind: 'test', label: 'Harbour, for tests' })
  await provider.post(`${path}/invitations`, { kind: 'listing', label: 'Friends of the house', maxUses: 5 })
  const { items } = await provider.get<{ items: Release[] }>(`${path}/releases`)
  const offered = items.find(({ state }) => state === 'published')
  return { rollouts: { service, canary: canary.id, offered: offered?.id ?? '' } }
}
