import { expect, test } from 'vitest'
import { openSandbox, requestOf } from '../harness.ts'
import type { SandboxRequest } from '../../src/index.ts'

const sandbox = openSandbox()

test.each<[string, object, RegExp]>([
  ['a zone', { timeZone: 'Mars/Olympus' }, /timeZone "Mars\/Olympus" is no IANA zone/],
  ['an offset for a zone', { timeZone: '+02:00' }, /timeZone/],
  ['a locale', { locale: 'not a locale' }, /locale "not a locale" is not known/],
  ['a seed', { seed: 'xyz' }, /seed must be hexadecimal/],
  ['a moment', { now: Number.NaN }, /now must be epoch milliseconds/],
  ['a call', { call: 'destroy' }, /call is "destroy"/],
  ['an input', { input: 5 }, /input must be a text/],
  ['a limit', { limits: { wallMs: 0 } }, /limits.wallMs/],
  ['a memory', { limits: { memoryMib: 4 } }, /memoryMib must be at least 8/],
])('a request that no guest can be blamed for is refused: %s', async (_, change, message) => {
  await expect(sandbox.run(requestOf(`return '1'`, change as Partial<SandboxRequest>))).rejects.toThrow(
    message,
  )
})

test('the bundle gets the call and the input as they are', async () => {
  const input = '{"a": 1,  "é": "\\u2028 \u2028"}'
  for (const call of ['execute', 'report', 'describe'] as const) {
    const result = await sandbox.run(requestOf('return JSON.stringify([call, input])', { call, input }))
    expect(result).toMatchObject({ output: JSON.stringify([call, input]) })
  }
})
