import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The packages that go to npm, each after those that it depends on. */
export const publishedPackages = {
  '@bizq/sdk': 'sdk',
  '@bizq/sandbox': 'sdk/sandbox',
  '@bizq/certification': 'certification',
  '@bizq/client': 'platform/client',
  '@bizq/cli': 'sdk/cli',
  'create-bizq-provider': 'sdk/create-provider',
} as const
export type PublishedPackage = keyof typeof publishedPackages

const root = join(import.meta.dirname, '../..')
const environment = {
  ...process.env,
  PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
}

function run(command: string, args: string[], cwd = root): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: environment,
    encoding: 'utf8',
  })
  if (status === 0) return
  throw new Error(`${command} ${args.join(' ')} failed:\n${error?.message ?? ''}${stdout}${stderr}`)
}

/** Compiles every package to its `dist`: JavaScript, declarations, source maps. */
export function buildPackages(): void {
  run('tsc', ['-b', ...Object.values(publishedPackages).map((folder) => `${folder}/tsconfig.build.json`)])
}

/** Packs one package as it is published, to a file in `into`. Build first. */
export function packPackage(name: PublishedPackage, into: string): string {
  const folder = mkdtempSync(join(into, 'pack-'))
  run(
    'pnpm',
    ['pack', '--config.ignore-scripts=true', '--pack-destination', folder],
    join(root, publishedPackages[name]),
  )
  const [file] = readdirSync(folder)
  if (file === undefined) throw new Error(`pnpm pack of ${name} wrote no file`)
  return join(folder, file)
}

/** Looks for what a registry or a resolver would stumble over: publint and attw. Throws an Error that says it. */
export function checkTarball(tarball: string): void {
  run('publint', ['--strict', tarball])
  // JSON has no types of its own, and the schema is for editors.
  run('attw', [tarball, '--profile', 'esm-only', '--exclude-entrypoints', 'manifest.schema.json'])
}

function checkPackages(): void {
  const into = mkdtempSync(join(tmpdir(), 'bizq-packages-'))
  try {
    for (const name of Object.keys(publishedPackages) as PublishedPackage[]) {
      checkTarball(packPackage(name, into))
      console.log(`ok ${name}`)
    }
  } finally {
    rmSync(into, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const [task] = process.argv.slice(2)
  if (task !== 'build' && task !== 'check') {
    console.error('Say build or check.')
    process.exitCode = 2
  } else {
    buildPackages()
    if (task === 'check') checkPackages()
  }
}
