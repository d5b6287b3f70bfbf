import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const index = path.join(import.meta.dirname, '../../src/index.ts')
const script = `
import { execFileSync } from 'node:child_process'
import { createSandbox } from ${JSON.stringify(index)}
const sandbox = createSandbox({ maxProcesses: 1 })
const world = { call: 'execute', input: '1', seed: '00', now: 0, timeZone: 'UTC', locale: 'en' }
void sandbox.run({ ...world, release: 'loop', bundle: 'export const run = () => { for (;;); }', limits: { wallMs: 60_000, cpuMs: 60_000 } })
const timer = setInterval(() => {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\\n')
  const lines = all.map((line) => line.trim().split(/\\s+/))
  const below = (pid) => lines.filter(([, ppid]) => ppid === pid).flatMap(([child, , name]) => name === 'ps' ? [] : [child, ...below(child)])
  const mine = below(String(process.pid))
  if (mine.length === 0 || sandbox.stats().busy === 0) return
  clearInterval(timer)
  console.log(JSON.stringify(mine.map(Number)))
}, 50)`

test.runIf(process.platform === 'linux')(
  'children die with a parent that is killed, in the middle of a loop',
  async () => {
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const printed = await new Promise<string>((resolve) =>
      parent.stdout.once('data', (data: Buffer) => resolve(data.toString())),
    )
    const pids = JSON.parse(printed) as number[]
    expect(pids.every((pid) => existsSync(`/proc/${pid}`))).toBe(true)
    parent.kill('SIGKILL')
    await expect.poll(() => pids.filter((pid) => existsSync(`/proc/${pid}`)), { timeout: 30_000 }).toEqual([])
  },
)
