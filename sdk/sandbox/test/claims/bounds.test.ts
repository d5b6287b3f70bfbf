import { expect, test } from 'vitest'
import { openSandbox, outputOf, requestOf } from '../harness.ts'

const sandbox = openSandbox()

test('the log is cut at its bound, in bytes and not inside a character', async () => {
  const body = `for (let i = 0; i < 1e5; i++) console.log('é'.repeat(50)); return '1'`
  const { outcome, log } = await sandbox.run(requestOf(body, { limits: { logBytes: 1_000 } }))
  expect(outcome).toBe('succeeded')
  expect(Buffer.byteLength(log)).toBeLessThanOrEqual(1_000)
  expect(Buffer.byteLength(log)).toBeGreaterThan(990)
  expect(log).not.toContain('\ufffd')
  const { log: whole } = await sandbox.run(
    requestOf(`for (;;) console.log('x'.repeat(9999))`, { limits: { wallMs: 600 } }),
  )
  expect(Buffer.byteLength(whole)).toBe(64 * 1024)
})

test('what was logged before the end is kept, however it ended', async () => {
  const { outcome, log } = await sandbox.run(
    requestOf(`console.warn('before', { a: 1 }, 2n); for (;;);`, { limits: { wallMs: 600 } }),
  )
  expect({ outcome, log }).toEqual({ outcome: 'timed-out', log: '[warn] before {"a":1} 2n\n' })
})

test('the deadline is apart from the CPU', async () => {
  const limits = { wallMs: 400, cpuMs: 2_000 }
  expect(await sandbox.run(requestOf('for (;;);', { limits }))).toMatchObject({
    outcome: 'timed-out',
    detail: 'it took longer than 400 ms',
  })
})

test('an input over its bound does not start', async () => {
  const result = await sandbox.run(requestOf(`return '1'`, { input: '"éé"', limits: { inputBytes: 5 } }))
  expect(result).toMatchObject({ outcome: 'input-too-large', detail: 'the input has 6 bytes; 5 are allowed' })
  expect(
    await sandbox.run(requestOf(`return '1'`, { input: '"éé"', limits: { inputBytes: 6 } })),
  ).toMatchObject({ outcome: 'succeeded' })
})

test('an input of 32 MiB and its parsed form fit', async () => {
  const rows = Array.from({ length: 50_000 }, (_, id) => ({ id, note: 'x'.repeat(630), at: '2024-01-01' }))
  const input = JSON.stringify(rows)
  expect(input.length).toBeGreaterThan(31 * 1024 * 1024)
  const body = 'return JSON.stringify(JSON.parse(input).length)'
  expect(await outputOf(sandbox, requestOf(body, { input }))).toBe(50_000)
})

test('CPU is bounded apart from the deadline', async () => {
  const result = await sandbox.run(requestOf('for (;;);', { limits: { cpuMs: 200, wallMs: 30_000 } }))
  expect(result).toMatchObject({ outcome: 'timed-out', detail: 'it used more than 200 ms of CPU' })
})

test('a guest within its memory is left alone, over it is not', async () => {
  const body =
    'const kept = []; for (let i = 0; i < JSON.parse(input); i++) kept.push(new Array(131072).fill(i)); return "1"'
  expect(await sandbox.run(requestOf(body, { input: '60' }))).toMatchObject({ outcome: 'succeeded' })
  expect(await sandbox.run(requestOf(body, { input: '300' }))).toMatchObject({ outcome: 'out-of-memory' })
})

test('each result says what it cost', async () => {
  const result = await sandbox.run(requestOf(`for (let i = 0; i < 1e6; i++); return '1'`))
  for (const cost of [result.cpuMs, result.wallMs, result.peakRssMib]) expect(cost).toBeGreaterThan(0)
})
