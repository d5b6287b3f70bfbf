import { expect, test } from 'vitest'
import { expectEnding, openSandbox, requestOf } from '../harness.ts'

const sandbox = openSandbox()

test('a text of 100 MB is refused before it is copied', async () => {
  const result = await expectEnding(sandbox, `return 'x'.repeat(1e8)`, ['output-too-large'], {})
  expect(result.peakRssMib).toBeLessThan(150)
})

test('the bound counts bytes, to the byte', async () => {
  const limits = { outputBytes: 300 }
  const fits = await sandbox.run(requestOf(`return '"' + 'é'.repeat(149) + '"'`, { limits }))
  const over = await sandbox.run(requestOf(`return '"' + 'é'.repeat(149) + ' "'`, { limits }))
  expect(fits).toMatchObject({ outcome: 'succeeded' })
  expect(over).toMatchObject({ outcome: 'output-too-large' })
})

test.each([
  ['an error message', `throw new Error('x'.repeat(1e7))`],
  ['an error name', `throw Object.assign(new Error('long'), { name: 'x'.repeat(1e7) })`],
  [
    'fields of an error',
    `throw Object.assign(new Error('long'), Object.fromEntries(Array.from({ length: 999 }, (_, i) => ['k' + i, 'x'.repeat(1e5)])))`,
  ],
  ['a thrown text', `throw 'x'.repeat(1e7)`],
])('%s is cut', async (_, body) => {
  const result = await expectEnding(sandbox, body, ['failed'])
  expect(JSON.stringify(result).length).toBeLessThan(12_000)
})
