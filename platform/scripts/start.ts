import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Builds what has changed since the last build, then runs the product. */
const root = join(import.meta.dirname, '../..')

interface Build {
  what: string
  sources: string[]
  output: string
  cwd: string
  command: [string, ...string[]]
}

const skipped = /(^|\/)(node_modules|build|dist|\.svelte-kit|paraglide|e2e|test-results)(\/|$)/

function app(folder: string): Build {
  return {
    what: `the app in ${folder}`,
    sources: [
      folder,
      'marketplace-ui/design-system/src',
      'marketplace-ui/kit/src',
      'platform/client/src',
      'sdk/src/contract',
      'pnpm-lock.yaml',
    ],
    output: `${folder}/build`,
    cwd: folder,
    command: ['node_modules/.bin/vite', 'build'],
  }
}

function provider(folder: string): Build {
  return {
    what: folder,
    sources: [`${folder}/src`, 'sdk/src', 'sdk/cli/src', 'pnpm-lock.yaml'],
    output: `${folder}/dist`,
    cwd: '.',
    command: [process.execPath, 'sdk/cli/src/main.ts', 'build', folder],
  }
}

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

async function run([command, ...args]: Build['command'], cwd: string): Promise<void> {
  const child = spawn(command, args, { cwd: join(root, cwd), stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} (in ${cwd}) failed:\n${said}`)
}

async function build({ what, sources, output, cwd, command }: Build): Promise<void> {
  const stamp = join(root, output, '.fingerprint')
  const fingerprint = fingerprintOf(sources)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return
  const startedAt = performance.now()
  await run(command, cwd)
  writeFileSync(stamp, fingerprintOf(sources))
  console.log(`Built ${what} in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`)
}

/** Builds the two apps and the example providers, two at a time, each only if its sources have changed. */
export async function buildAll(): Promise<void> {
  const apps = ['marketplace-ui', 'portal'].filter((folder) =>
    existsSync(join(root, folder, 'vite.config.ts')),
  )
  const providers = globSync('providers-examples/*/package.json', { cwd: root }).map(dirname)
  const waiting = [...apps.map(app), ...providers.sort().map(provider)]
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await build(next)
  }
  await Promise.all([work(), work()])
}

if (import.meta.main) {
  const { fail, runStandalone } = await import('./standalone.ts')
  await buildAll().then(runStandalone).catch(fail)
}
