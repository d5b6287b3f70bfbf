import { expect, test } from 'vitest'
import { openSandboxForTest, requestOf } from '../harness.ts'
import { createSandbox, sandboxVersions } from '../../src/index.ts'

test('there are never more children than allowed, and every execution of every release gets its own answer', async () => {
  const sandbox = openSandboxForTest({ maxProcesses: 2 })
  let most = 0
  const timer = setInterval(() => (most = Math.max(most, sandbox.stats().processes)), 1)
  const bodies = Array.from({ length: 5 }, (_, i) => `return JSON.stringify('release ${i} ' + input)`)
  const results = await Promise.all(
    Array.from({ length: 60 }, (_, i) => sandbox.run(requestOf(bodies[i % 5]!, { input: `${i}` }))),
  )
  clearInterval(timer)
  for (const [i, result] of results.entries()) {
    expect(result).toMatchObject({ outcome: 'succeeded', output: JSON.stringify(`release ${i % 5} ${i}`) })
  }
  expect(most).toBeLessThanOrEqual(2)
})

test('a hostile release does not keep others from being served', async () => {
  const sandbox = openSandboxForTest({ maxProcesses: 2 })
  const hostile = Array.from({ length: 4 }, () =>
    sandbox.run(requestOf('for (;;);', { limits: { wallMs: 300 } })),
  )
  const calm = Array.from({ length: 10 }, () => sandbox.run(requestOf(`return '1'`)))
  expect((await Promise.all(calm)).every(({ outcome }) => outcome === 'succeeded')).toBe(true)
  expect((await Promise.all(hostile)).every(({ outcome }) => outcome === 'timed-out')).toBe(true)
})

test('closing ends what runs and refuses what comes', async () => {
  const sandbox = createSandbox({ maxProcesses: 1 })
  await sandbox.run(requestOf(`return '1'`))
  const running = sandbox.run(requestOf('for (;;);'))
  const waiting = sandbox.run(requestOf(`return '1'`))
  const ends = Promise.allSettled([running, waiting])
  await sandbox.close()
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(sandbox.stats().processes).toBe(0)
  await expect(sandbox.run(requestOf(`return '1'`))).rejects.toThrow('The sandbox is closed')
})

test('a signal closes it', async () => {
  const controller = new AbortController()
  const sandbox = createSandbox({ signal: controller.signal })
  await sandbox.run(requestOf(`return '1'`))
  controller.abort()
  await expect(sandbox.run(requestOf(`return '1'`))).rejects.toThrow('The sandbox is closed')
  await sandbox.close()
  expect(sandbox.stats().processes).toBe(0)
})

test('the versions are those that children run', async () => {
  expect(sandboxVersions).toMatchObject({ node: process.versions.node, v8: process.versions.v8 })
  for (const version of Object.values(sandboxVersions)) expect(version).toMatch(/^\d/)
})
