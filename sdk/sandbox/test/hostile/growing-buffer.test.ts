import { expect, test } from 'vitest'
import { expectEnding, openSandbox, outputOf, requestOf } from '../harness.ts'

const sandbox = openSandbox()

test.each([
  ['ArrayBuffer', 'new ArrayBuffer(16, { maxByteLength: 2 ** 32 })'],
  [
    'the constructor of a buffer',
    'new (new Uint8Array(1).buffer.constructor)(16, { maxByteLength: 2 ** 32 })',
  ],
  ['Reflect', 'Reflect.construct(ArrayBuffer, [16, { maxByteLength: 2 ** 32 }])'],
  ['a subclass', 'new (class extends ArrayBuffer {})(16, { maxByteLength: 2 ** 32 })'],
  ['the species', 'new ArrayBuffer[Symbol.species](16, { maxByteLength: 2 ** 32 })'],
])('a buffer made through %s cannot grow', async (_, expression) => {
  const result = await expectEnding(sandbox, `const buffer = ${expression}; buffer.resize(2 ** 31)`, [
    'failed',
  ])
  expect(result).toMatchObject({ error: { name: 'TypeError' } })
  const output = await outputOf(
    sandbox,
    requestOf(`const buffer = ${expression}\nreturn JSON.stringify([buffer.resizable, buffer.byteLength])`),
  )
  expect(output).toEqual([false, 16])
})

test('buffers of fixed length count towards the memory of the guest', async () => {
  const body = 'const kept = []; for (;;) kept.push(new Uint8Array(2 ** 22).fill(1))'
  await expectEnding(sandbox, body, ['failed', 'out-of-memory'], { memoryMib: 32 })
})
