import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** How long `bizq` takes to start, beside Node that does nothing: medians of 15 runs each, in turns. */
const built = join(import.meta.dirname, '../dist/main.js')
const main = existsSync(built) ? built : join(import.meta.dirname, '../src/main.ts')
const rounds = 15

const sides: Record<string, string[]> = {
  'node -e 0': ['-e', '0'],
  'bizq --version': [main, '--version'],
  'bizq --help': [main, '--help'],
  'bizq build --help': [main, 'build', '--help'],
}
const took = new Map(Object.keys(sides).map((name) => [name, [] as number[]]))
for (let round = 0; round < rounds; round++) {
  for (const [name, args] of Object.entries(sides)) {
    const startedAt = performance.now()
    const { status } = spawnSync(process.execPath, args)
    if (status !== 0) throw new Error(`${name} ended with ${status}`)
    took.get(name)?.push(performance.now() - startedAt)
  }
}
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
console.log(main.endsWith('.js') ? 'as published' : 'from source (build first: pnpm build:packages)')
for (const [name, values] of took)
  console.log(`${name.padEnd(18)} ${median(values).toFixed(0).padStart(5)} ms`)
