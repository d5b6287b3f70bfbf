import { spawn } from 'node:child_process'
import { afterAll, expect, test } from 'vitest'
import { findFences } from '../../src/fences.ts'
import { probeChild } from '../harness.ts'

const bystander = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' })
afterAll(() => bystander.kill('SIGKILL'))

test('a child cannot signal its parent, other processes, or all of them', async (context) => {
  const fences = await findFences()
  const isApart = fences.firstUid !== undefined || fences.namespace !== 'none'
  // Without root and without namespaces the kernel lets equals signal each other; the README says so.
  if (!isApart) context.skip()
  const code = `
    const reached = []
    for (const pid of [${process.pid}, ${bystander.pid}, ${process.ppid}, 1]) {
      for (const signal of [0, 'SIGTERM']) {
        try { process.kill(pid, signal); if (pid !== 1 || ${fences.namespace === 'none'}) reached.push([pid, signal]) } catch {}
      }
    }
    console.log(JSON.stringify(reached))
    process.exit(0)`
  expect(await probeChild(fences, code)).toBe('[]')
  expect(bystander.exitCode).toBeNull()
  expect(bystander.signalCode).toBeNull()
})

test('children do not share a uid that could signal the other', async (context) => {
  const fences = await findFences()
  if (fences.firstUid === undefined) context.skip()
  const uids = await Promise.all(
    [1, 2].map(() => probeChild(fences, 'console.log(process.getuid()); process.exit(0)')),
  )
  expect(new Set(uids).size).toBe(2)
  expect(uids).not.toContain('0')
})
