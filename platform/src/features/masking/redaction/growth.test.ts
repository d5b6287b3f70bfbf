import { expect, test } from 'vitest'
import { buildKnownNames } from './known-names.ts'
import { redact } from './redact.ts'

const known = buildKnownNames(
  Array.from({ length: 1000 }, (_, i) => ({
    dataset: 'customers' as const,
    id: String(i),
    name: `Anna a a Smith${i}`,
  })),
)

/** Processor time of one reading, which other processes do not lengthen as they do the clock's. */
function cpuMs(unit: string, size: number): number {
  const text = unit.repeat(Math.ceil(size / unit.length)).slice(0, size)
  const before = process.cpuUsage()
  redact(text, known, { country: 'DE' })
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const units = [
  '1',
  '1 ',
  'a@',
  'a@[',
  '"@',
  'Anna ',
  'a ',
  'a-',
  'DE89 ',
  '12 Main ',
  'a at b dot ',
  '\u0301',
  '%41',
  '(1',
  'Smith, ',
  '1:',
  'live at ',
]

// Only growth is judged: a quadratic step would take 256 times as long for 16 times the text, a linear one 16 times.
test.each(units)('reading %j repeated up to a megabyte takes no more than its length in time', (unit) => {
  const small = Math.max(cpuMs(unit, 1 << 16), cpuMs(unit, 1 << 16), 10)
  expect(cpuMs(unit, 1 << 20) / small).toBeLessThan(100)
})
