import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { openSandbox, requestOf } from '../harness.ts'

const sandbox = openSandbox({ maxProcesses: 1 })

/** Node processes below this one. */
function findChildren(parent = process.pid): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n')
  const processes = lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
  const below = processes.filter(([, , ppid]) => Number(ppid) === parent)
  return below.flatMap(([, pid, , args]) => [
    ...(args?.includes('child/main.mjs') ? [Number(pid)] : []),
    ...findChildren(Number(pid)),
  ])
}

test.each(['SIGSEGV', 'SIGTRAP', 'SIGABRT', 'SIGKILL'] as const)(
  'a child that dies of %s is reported, and the next execution is well',
  async (signal) => {
    const guest = requestOf(`if (input === '"calm"') return '1'; for (;;);`)
    await sandbox.run({ ...guest, input: '"calm"' })
    const dying = sandbox.run(guest)
    await expect.poll(() => sandbox.stats().busy).toBe(1)
    process.kill(findChildren().at(-1)!, signal)
    expect(await dying).toMatchObject({
      outcome: 'crashed',
      detail: expect.stringContaining(signal) as string,
    })
    expect(await sandbox.run(requestOf(`return '1'`))).toMatchObject({ outcome: 'succeeded', output: '1' })
  },
)

test('a child that dies while idle is not noticed by anyone', async () => {
  const calm = requestOf(`return '1'`)
  await sandbox.run(calm)
  process.kill(findChildren().at(-1)!, 'SIGKILL')
  await expect.poll(() => sandbox.stats().processes).toBe(0)
  expect(await sandbox.run(calm)).toMatchObject({ outcome: 'succeeded' })
})
