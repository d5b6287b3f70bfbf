import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { openSandbox, outputOf, requestOf } from '../harness.ts'

const sandbox = openSandbox()
const again = openSandbox()

const draws = 'return JSON.stringify(Array.from({ length: 100 }, () => Math.random()))'

test('the same seed gives the same numbers, in another process too; another seed gives others', async () => {
  const [first, second, other] = await Promise.all([
    outputOf(sandbox, requestOf(draws)),
    outputOf(again, requestOf(draws)),
    outputOf(sandbox, requestOf(draws, { seed: '00fe' })),
  ])
  expect(second).toEqual(first)
  expect(other).not.toEqual(first)
})

test('the numbers are those of xoshiro128** seeded with SHA-256', async () => {
  const state = new Uint32Array(4)
  const digest = createHash('sha256').update(Buffer.from('00ff', 'hex')).digest()
  for (let i = 0; i < 4; i++) state[i] = digest.readUInt32BE(4 * i)
  const rotate = (x: number, k: number) => ((x << k) | (x >>> (32 - k))) >>> 0
  const next = () => {
    const [a, b, c, d] = state as unknown as [number, number, number, number]
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const c2 = c ^ a
    const d2 = d ^ b
    state.set([a ^ d2, b ^ c2, c2 ^ (b << 9), rotate(d2, 11)])
    return result
  }
  const expected = Array.from({ length: 100 }, () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53)
  expect(await outputOf(sandbox, requestOf(draws))).toEqual(expected)
})

test('numbers fill the interval evenly', async () => {
  const body = `
    const bins = new Array(16).fill(0)
    for (let i = 0; i < 160000; i++) bins[Math.floor(Math.random() * 16)]++
    return JSON.stringify(bins)`
  for (const count of (await outputOf(sandbox, requestOf(body))) as number[]) {
    expect(Math.abs(count - 10_000)).toBeLessThan(500)
  }
})

test('a whole execution gives the same bytes again', async () => {
  const body = `
    const rows = JSON.parse(input).rows
    const groups = Object.groupBy(rows, (row) => row.customer)
    const result = Object.entries(groups).map(([customer, rows]) => ({
      customer, total: rows.reduce((sum, row) => sum + row.amount, 0), at: new Date().toLocaleString(), roll: Math.random(),
      order: rows.sort((a, b) => a.amount - b.amount).map((row) => row.id), trig: rows.map((row) => Math.sin(row.amount) ** 0.3),
    }))
    return JSON.stringify(result)`
  const rows = Array.from({ length: 500 }, (_, id) => ({
    id,
    customer: `c${id % 7}`,
    amount: (id * 7919) % 1009,
  }))
  const request = requestOf(body, { input: JSON.stringify({ rows }) })
  const results = await Promise.all([sandbox.run(request), again.run(request), sandbox.run(request)])
  const outputs = new Set(
    results.map((result) => (result.outcome === 'succeeded' ? result.output : result.outcome)),
  )
  expect(outputs.size).toBe(1)
  expect([...outputs][0]).toMatch(/^\[\{/)
})
