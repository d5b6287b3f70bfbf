import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Builds what has changed since the last build, then runs the product. */
const root = join(import.meta.dirname, '../..')

interface Build {
  what: string
  sources: string[]
  output: string
  command: string[]
}

const skipped = /(^|\/)(node_modules|build|dist|\.svelte-kit|paraglide|e2e|test-results)(\/|$)/
const shared = [
  'marketplace-ui/design-system/src',
  'platform/client/src',
  'sdk/src/contract',
  'pnpm-lock.yaml',
]
const app = (folder: string): Build => ({
  what: folder,
  sources: [folder, ...shared],
  output: `${folder}/build`,
  command: ['pnpm', '--filter', `@bizq/${folder}`, 'build'],
})
const provider = (folder: string): Build => ({
  what: folder,
  sources: [`${folder}/src`, 'sdk/src', 'sdk/cli/src'],
  output: `${folder}/dist`,
  command: [process.execPath, 'sdk/cli/src/main.ts', 'build', folder],
})

function fingerprintOf(sources: string[]): string {
  const hash = createHash('sha256')
  for (const source of sources) {
    const path = join(root, source)
    const files = statSync(path).isDirectory()
      ? globSync('**/*', { cwd: path, exclude: (name) => skipped.test(name) })
      : ['']
    for (const file of files.sort()) {
      const stat = statSync(join(path, file))
      if (stat.isFile()) hash.update(`${source}/${file}:${stat.size}:${stat.mtimeMs}\n`)
    }
  }
  return hash.digest('hex')
}

async function run([command = '', ...args]: string[]): Promise<void> {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} failed:\n${said}`)
}

async function build({ what, sources, output, command }: Build): Promise<void> {
  const stamp = join(root, output, '.fingerprint')
  const fingerprint = fingerprintOf(sources)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return
  const startedAt = performance.now()
  process.stdout.write(`Building ${what} …`)
  await run(command)
  writeFileSync(stamp, fingerprintOf(sources))
  process.stdout.write(` ${((performance.now() - startedAt) / 1_000).toFixed(1)} s\n`)
}

export async function buildAll(): Promise<void> {
  const providers = globSync('providers-examples/*/package.json', { cwd: root }).map((file) =>
    provider(file.replace('/package.json', '')),
  )
  for (const each of [app('marketplace-ui'), app('portal'), ...providers]) await build(each)
}

if (import.meta.main) {
  try {
    await buildAll()
    const { runStandalone } = await import('./standalone.ts')
    await runStandalone()
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`)
    process.exit(1)
  }
}
