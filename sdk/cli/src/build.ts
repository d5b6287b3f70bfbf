import { execFile } from 'node:child_process'
import { mkdir, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSandbox, type Sandbox } from '@bizq/sandbox'
import { executionLimits, type Manifest } from '@bizq/sdk/contract'
import { releaseDigest, sha256 } from '@bizq/sdk/contract/host'
import { assembleManifest } from '@bizq/sdk/manifest'
import { BuildError, NoProviderError } from './build-error.ts'
import { bundleForNode, bundleForSandbox, entryOf } from './bundle.ts'
import { refuseReachableSchemas } from './schema-reach.ts'

export { BuildError } from './build-error.ts'

export interface BuiltProvider {
  manifest: Manifest
  /** One ES module without imports; empty for a remote provider. */
  bundle: string
  /** SHA-256 in hex over both: see `releaseDigest`. */
  digest: string
}

/** What the bundle says of itself, evaluated once, where it can do no harm. */
async function describe(bundle: string, sandbox: Sandbox): Promise<unknown> {
  const result = await sandbox.run({
    release: sha256(bundle),
    bundle,
    call: 'describe',
    input: '{}',
    seed: '00',
    now: 0,
    timeZone: 'UTC',
    locale: 'en',
  })
  if (result.outcome === 'succeeded') return JSON.parse(result.output)
  const why = result.outcome === 'failed' ? `${result.error.name}: ${result.error.message}` : result.detail
  throw new BuildError(`the definition cannot be evaluated in the sandbox (${result.outcome}): ${why}`)
}

const readDefinition = `import { describeDefinition, schemasOf } from '@bizq/sdk/manifest'
const isRemote = typeof definition?.remote === 'string'
const described = isRemote ? describeDefinition(definition) : null
process.stdout.write(JSON.stringify({ schemas: schemasOf(definition), described }))`

interface ReadDefinition {
  schemas: Pick<Manifest, 'settings' | 'state'>
  /** What a remote provider says of itself; null for a sandboxed one, which says it in the sandbox. */
  described: Record<string, unknown> | null
}

/** Settings and state as JSON Schema, read in a process of its own with the real zod. */
async function readWithNode(entry: string): Promise<ReadDefinition> {
  const code = await bundleForNode(entry, readDefinition)
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      ['--input-type=module', '-'],
      { env: {}, timeout: 20_000, maxBuffer: 4 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error) reject(new BuildError(`the definition cannot be read: ${stderr.trim() || error.message}`))
        else resolve(JSON.parse(stdout) as ReadDefinition)
      },
    )
    child.stdin?.end(code)
  })
}

async function bundleWithinLimits(root: string, entry: string): Promise<string> {
  const { code, sources } = await bundleForSandbox(root, entry)
  refuseReachableSchemas(root, entry, sources)
  const bytes = Buffer.byteLength(code)
  if (bytes <= executionLimits.bundleBytes) return code
  throw new BuildError(
    `the bundle has ${bytes} bytes, at most ${executionLimits.bundleBytes} are allowed: leave a dependency out`,
  )
}

/**
 * Builds the provider in `folder`: bundles it without schemas, refuses what the sandbox lacks and a
 * `z` that its code can reach, evaluates its definition once in the sandbox, and checks the manifest.
 * One that runs remotely has no bundle, and may import what Node has. Writes nothing. Throws a
 * BuildError, or a ManifestError that names every problem.
 */
export async function compileProvider(folder: string, sandbox: Sandbox): Promise<BuiltProvider> {
  const root = await realpath(folder).catch(() => {
    throw new NoProviderError(`there is no folder ${folder}`)
  })
  const entry = await entryOf(root)
  const [read, bundled] = await Promise.allSettled([readWithNode(entry), bundleWithinLimits(root, entry)])
  if (read.status === 'fulfilled' && read.value.described !== null) {
    const manifest = assembleManifest(read.value.described, read.value.schemas)
    return { manifest, bundle: '', digest: releaseDigest(manifest, '') }
  }
  // What the bundler refuses says more than what Node stumbles over.
  if (bundled.status === 'rejected') throw bundled.reason
  const bundle = bundled.value
  const described = await describe(bundle, sandbox)
  if (read.status === 'rejected') throw read.reason
  const manifest = assembleManifest(described, read.value.schemas)
  return { manifest, bundle, digest: releaseDigest(manifest, bundle) }
}

/** Builds the provider in `folder` and writes `dist/manifest.json` and `dist/bundle.js` in it. */
export async function buildProvider(
  folder: string,
  options: { sandbox?: Sandbox } = {},
): Promise<BuiltProvider> {
  const sandbox = options.sandbox ?? createSandbox({ maxProcesses: 1 })
  try {
    const built = await compileProvider(folder, sandbox)
    const dist = join(folder, 'dist')
    await mkdir(dist, { recursive: true })
    await writeFile(join(dist, 'manifest.json'), `${JSON.stringify(built.manifest, null, 2)}\n`)
    await writeFile(join(dist, 'bundle.js'), built.bundle)
    return built
  } finally {
    if (!options.sandbox) await sandbox.close()
  }
}
