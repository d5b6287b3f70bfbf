import { expect, test } from 'vitest'
import type { OutputRules } from './execution.ts'
import { checkAgainstInTime, checkMs, checkOutputInTime } from './in-time.ts'

const object = (text: object, more: object = {}) => ({ type: 'object', properties: { text }, ...more })
const levels = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [
    `l${i}`,
    { anyOf: [{ $ref: `#/$defs/l${i + 1}` }, { $ref: `#/$defs/l${i + 1}` }] },
  ]),
)
const endless = {
  'a pattern that repeats what repeats': object({ type: 'string', pattern: '^(a+)+$' }),
  'a pattern that looks back': object({ type: 'string', pattern: '^(a|a?)+\\1$' }),
  'alternatives within alternatives': object(
    { $ref: '#/$defs/l0' },
    { $defs: { ...levels, l40: { type: 'number' } } },
  ),
}
const text = `${'a'.repeat(60)}!`
const manifest: OutputRules['manifest'] = { actions: [{ type: 'email.send' }] }
const rules: OutputRules = { manifest, known: {}, money: 'scaled', domains: [] }
const outputWith = (parts: object) =>
  JSON.stringify({ proposals: [], recommendations: [], metrics: {}, state: null, ...parts })

test.each(Object.entries(endless))(
  'a check by a schema ends in time, whatever it says: %s',
  (_name, schema) => {
    const refused = {
      ok: false,
      problems: [{ detail: expect.stringContaining(`longer than ${checkMs} ms`) }],
    }
    expect(checkAgainstInTime(schema, { text })).toMatchObject(refused)
    const withState = { ...rules, manifest: { ...manifest, state: schema } } as OutputRules
    const output = outputWith({ state: { text } })
    for (let again = 0; again < 50; again++)
      expect(checkOutputInTime(output, withState)).toMatchObject(refused)
  },
)

test('texts that look like links throughout keep nobody waiting', () => {
  const proposal = {
    type: 'email.send',
    parameters: {
      purpose: 'service',
      customer: `cus_${'0'.repeat(32)}`,
      subject: 'a',
      text: 'a\u3002'.repeat(5_000),
    },
    confidence: 1,
    because: [],
  }
  const output = outputWith({ proposals: Array.from({ length: 45 }, () => proposal) })
  expect(checkOutputInTime(output, rules)).toMatchObject({
    problems: [{ detail: expect.stringContaining(`longer than ${checkMs} ms`) }],
  })
})

test('all else is checked as ever', () => {
  const schema = object({ type: 'string', pattern: '^[a-z]+$', default: 'usual' })
  expect(checkAgainstInTime(schema, {})).toEqual({ ok: true, value: { text: 'usual' } })
  expect(checkAgainstInTime(schema, { text: '1' })).toMatchObject({
    ok: false,
    problems: [{ pointer: '/text' }],
  })
  const withState = { ...rules, manifest: { ...manifest, state: schema } } as OutputRules
  expect(checkOutputInTime(outputWith({ state: { text: 'some' } }), withState)).toMatchObject({ ok: true })
  expect(checkOutputInTime(outputWith({ state: { text: 5 } }), withState)).toMatchObject({
    problems: [{ pointer: '/state/text' }],
  })
  expect(() => checkOutputInTime(outputWith({}), { ...rules, manifest: undefined as never })).toThrow(
    TypeError,
  )
})
