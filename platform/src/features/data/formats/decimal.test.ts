import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { inferDecimalMark, parseDecimal, toMoney, type DecimalMark } from './decimal.ts'

const styles: { mark: DecimalMark; group: string }[] = [
  { mark: '.', group: '' },
  { mark: '.', group: ',' },
  { mark: '.', group: "'" },
  { mark: ',', group: '' },
  { mark: ',', group: '.' },
  { mark: ',', group: ' ' },
  { mark: ',', group: '\u00a0' },
]
const signs: ((digits: string) => string)[] = [
  (digits) => `-${digits}`,
  (digits) => `${digits}-`,
  (digits) => `(${digits})`,
  (digits) => `−${digits}`,
  (digits) => `${digits} DR`,
]
const wraps: ((digits: string) => string)[] = [
  (digits) => digits,
  (digits) => `€${digits}`,
  (digits) => `${digits} €`,
  (digits) => `EUR ${digits}`,
  (digits) => `  ${digits} `,
]

function write(minor: number, { mark, group }: { mark: string; group: string }): string {
  const digits = String(Math.abs(minor)).padStart(3, '0')
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, group)
  return `${whole}${mark}${digits.slice(-2)}`
}

test('an amount reads as it was written, whatever the marks, the sign and the currency beside it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e12, max: 1e12 }),
      fc.constantFrom(...styles),
      fc.constantFrom(...signs),
      fc.constantFrom(...wraps),
      (minor, style, sign, wrap) => {
        const digits = wrap(write(minor, style))
        const parsed = parseDecimal(minor < 0 ? sign(digits) : digits, style.mark)
        expect(parsed && toMoney(parsed, 'EUR')).toEqual({ amount: minor, currency: 'EUR' })
      },
    ),
  )
})

test('the decimal mark is inferred from amounts with cents', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1 }),
      fc.constantFrom(...styles),
      (amounts, style) => {
        expect(inferDecimalMark(amounts.map((minor) => write(minor, style)))).toBe(style.mark)
      },
    ),
  )
})

test.each([['1,234'], ['17'], ['1.234']])('%s alone tells no decimal mark', (cell) => {
  expect(inferDecimalMark([cell])).toBeUndefined()
})

test.each(['', 'abc', '1.2.3', '12,50', '--', '1-2', 'EUR', '1,2,3.4,5'])(
  '“%s” is no number with a decimal point',
  (cell) => {
    expect(parseDecimal(cell, '.')).toBeUndefined()
  },
)

test.each([
  ['1,234.5', 'EUR', 123450],
  ['1,23,456.00', 'INR', 12345600],
  ['0.005', 'GBP', 1],
  ['-0.005', 'GBP', -1],
  ['1500', 'JPY', 1500],
  ['1.2345', 'KWD', 1235],
  ['5.00CR', 'GBP', 500],
  ['7.5-', 'GBP', -750],
])('%s %s is %d minor units', (cell, currency, minor) => {
  const parsed = parseDecimal(cell, '.')
  expect(parsed && toMoney(parsed, currency)).toEqual({ amount: minor, currency })
})

test('money beyond a safe integer is no money', () => {
  const parsed = parseDecimal('99999999999999999.00', '.')
  expect(parsed && toMoney(parsed, 'EUR')).toBeUndefined()
})
