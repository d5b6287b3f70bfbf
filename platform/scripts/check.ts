import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Format, lint, types, arrows, dead code. Runs them all and says which failed. */
const root = join(import.meta.dirname, '../..')
const checks: [name: string, command: string, ...args: string[]][] = [
  ['format', 'oxfmt', '--check', '.'],
  ['types', 'tsc', '-p', 'tsconfig.json'],
  ['types of the operators’ app', 'pnpm', '--filter', '@bizq/marketplace-ui', 'check'],
  ['types of the portal', 'pnpm', '--filter', '@bizq/portal', 'check'],
  // After the apps, whose messages and routes have types that are made.
  ['lint', 'oxlint', '--type-aware', '--deny-warnings'],
  ['arrows', 'vitest', 'run', '--root', 'platform', '--config', 'test/architecture/vitest.config.ts'],
  ['dead code', 'knip'],
]

const failed: string[] = []
for (const [name, command, ...args] of checks) {
  const startedAt = performance.now()
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  if (status === 0) continue
  failed.push(name)
  console.log(`${stdout}${stderr}`)
}
if (failed.length > 0) {
  console.log(`Failed: ${failed.join(', ')}`)
  process.exitCode = 1
}
