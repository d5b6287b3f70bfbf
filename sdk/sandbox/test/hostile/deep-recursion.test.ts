import { expect, test } from 'vitest'
import { expectEnding, openSandbox } from '../harness.ts'

const sandbox = openSandbox()

test.each([
  ['code', 'const deeper = () => deeper() + 1; deeper()', 'RangeError'],
  ['getters', 'const knot = { get self() { return this.self } }; knot.self', 'RangeError'],
  ['the source of a regular expression', `new RegExp('('.repeat(1e5) + ')'.repeat(1e5))`, 'SyntaxError'],
  ['proxies', 'const knot = new Proxy({}, { get: (_, key, self) => self[key] }); knot.x', 'RangeError'],
  ['toString', `const knot = { toString() { return '' + this } }; '' + knot`, 'RangeError'],
])('deep recursion of %s is an error of the guest', async (_, body, name) => {
  const result = await expectEnding(sandbox, body, ['failed'])
  expect(result).toMatchObject({ error: { name } })
})

test('deep recursion through eval does not even begin', async () => {
  const result = await expectEnding(sandbox, `eval('('.repeat(1e6))`, ['failed'])
  expect(result).toMatchObject({ error: { name: 'ReferenceError' } })
})

test.each([
  ['read', `JSON.parse('['.repeat(5e7))`],
  ['written', 'let knot = {}; for (let i = 0; i < 1e7; i++) knot = { knot }; JSON.stringify(knot)'],
])('deep JSON that is %s costs only its own process', async (_, body) => {
  await expectEnding(sandbox, body, ['failed', 'out-of-memory', 'crashed', 'timed-out'], {
    memoryMib: 32,
    wallMs: 3_000,
  })
})

test('deep recursion that catches itself for ever ends at the deadline', async () => {
  await expectEnding(sandbox, 'const deeper = () => { try { deeper() } finally { deeper() } }; deeper()', [
    'timed-out',
  ])
})
