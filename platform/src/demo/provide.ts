import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RefusedError, type Caller } from './caller.ts'

const examples = join(import.meta.dirname, '../../../providers-examples')

const services = [
  'cash-flow-optimizer',
  'receivables-accelerator',
  'expense-categoriser',
  'inventory-planner',
]

/** Publishes the example services as a provider would: takes their names and submits what `bizq build` wrote. */
export async function publishServices(provider: Caller): Promise<void> {
  for (const service of services) {
    const folder = join(examples, service, 'dist')
    if (!existsSync(folder))
      throw new Error(`${service} is not built. Run: pnpm bizq build providers-examples/${service}`)
    await provider.post('/provider/services', { service }).catch(unlessThere)
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
    const bundle = await readFile(join(folder, 'bundle.js'), 'utf8')
    const release = await provider.post<{ state: string; checks: { outcome: string; detail: string }[] }>(
      `/provider/services/${service}/releases`,
      { manifest, bundle },
    )
    if (release.state === 'published') continue
    const failed = release.checks.filter(({ outcome }) => outcome === 'failed').map(({ detail }) => detail)
    throw new Error(`${service} was not published: ${failed.join('; ')}`)
  }
}

function unlessThere(error: unknown): void {
  if (!(error instanceof RefusedError && error.status === 409)) throw error
}
