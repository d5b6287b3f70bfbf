import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { convert } from './convert.ts'
import { applyCredits } from './credits.ts'
import { monthsAfter, periodAt, periodNumberAt, periodOf, prorate } from './periods.ts'
import { allocate, divideHalfEven } from './rounding.ts'
import { reverseSplit, splitInvoice, type SplitInput } from './split.ts'

const amount = fc.bigInt({ min: 0n, max: 99_999_999n })
const sum = (amounts: readonly bigint[]) => amounts.reduce((all, each) => all + each, 0n)
const at = (iso: string) => new Date(iso)

describe('rounding', () => {
  test('ties go to the even neighbour, below zero too', () => {
    expect([1n, 3n, 5n, -1n, -3n, -5n, 7n, -7n].map((n) => divideHalfEven(n, 2n))).toEqual([
      0n,
      2n,
      2n,
      0n,
      -2n,
      -2n,
      4n,
      -4n,
    ])
    expect([14n, 15n, 16n, -14n, -16n].map((n) => divideHalfEven(n, 10n))).toEqual([1n, 2n, 2n, -1n, -2n])
  })

  test('a quotient is never further than a half from the exact one, and its opposite is its own opposite', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 15n), 10n ** 15n), fc.bigInt(1n, 10n ** 9n), (dividend, divisor) => {
        const rounded = divideHalfEven(dividend, divisor)
        const off = 2n * (dividend - rounded * divisor)
        expect(off <= divisor && off >= -divisor).toBe(true)
        expect(divideHalfEven(-dividend, divisor)).toBe(-rounded)
      }),
    )
  })

  test('what is left goes to the largest remainders, and of equal ones to the first', () => {
    expect(allocate(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n])
    expect(allocate(10n, [5n, 2n, 9n])).toEqual([3n, 1n, 6n])
    expect(allocate(-100n, [1n, 1n, 1n])).toEqual([-34n, -33n, -33n])
    expect(allocate(1n, [0n, 1n])).toEqual([0n, 1n])
    expect(() => allocate(1n, [0n, 0n])).toThrow(RangeError)
  })

  test('parts sum to the whole, and each is its exact share rounded down or up', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 12n), 10n ** 12n),
        fc.array(fc.oneof(fc.constant(0n), amount), { minLength: 1, maxLength: 40 }),
        (total, weights) => {
          const all = sum(weights)
          fc.pre(all > 0n)
          const parts = allocate(total, weights)
          expect(sum(parts)).toBe(total)
          parts.forEach((part, i) => {
            const off = part * all - total * (weights[i] ?? 0n)
            expect(off < all && off > -all).toBe(true)
            if (weights[i] === 0n) expect(part).toBe(0n)
          })
        },
      ),
    )
  })
})

describe('periods', () => {
  test('an anchor on the 31st falls on the last day of shorter months, and on the 31st again', () => {
    const starts = [0, 1, 2, 3, 12, 13].map((n) =>
      monthsAfter(at('2027-01-31T10:00:00Z'), n).toISOString().slice(0, 10),
    )
    expect(starts).toEqual([
      '2027-01-31',
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2028-01-31',
      '2028-02-29',
    ])
  })

  test('an anchor on 29 February comes back to the 29th, also in years that have none', () => {
    const starts = [0, 1, 12, 13, 48].map((n) =>
      monthsAfter(at('2028-02-29T00:00:00Z'), n).toISOString().slice(0, 10),
    )
    expect(starts).toEqual(['2028-02-29', '2028-03-29', '2029-02-28', '2029-03-29', '2032-02-29'])
  })

  const instant = fc.date({
    min: at('2020-01-01T00:00:00Z'),
    max: at('2040-01-01T00:00:00Z'),
    noInvalidDate: true,
  })

  test('every instant lies in exactly one period of its anchor, and the next begins where one ends', () => {
    fc.assert(
      fc.property(instant, instant, (anchor, when) => {
        const { from, to } = periodAt(anchor, when)
        expect(from <= when && when < to).toBe(true)
        expect(periodAt(anchor, to).from).toEqual(to)
        const number = periodNumberAt(anchor, when)
        expect(periodOf(anchor, number)).toEqual({ from, to })
      }),
    )
  })

  test('a change in the middle of any period, of the 31st or of 29 February, divides its price without a cent over', () => {
    const anchor = fc.oneof(
      instant,
      fc.constantFrom(at('2027-01-31T23:59:59Z'), at('2028-02-29T00:00:00Z'), at('2027-12-31T12:00:00Z')),
    )
    fc.assert(
      fc.property(
        anchor,
        fc.integer({ min: -24, max: 60 }),
        fc.nat(),
        amount,
        (from, number, part, price) => {
          const period = periodOf(from, number)
          const length = period.to.getTime() - period.from.getTime()
          const middle = new Date(period.from.getTime() + Math.floor((part % length) / 1_000) * 1_000)
          const before = prorate(price, { from: period.from, to: middle }, period)
          const after = prorate(price, { from: middle, to: period.to }, period)
          // Each half is rounded by itself: only where both lie in the middle may they be one off, to even.
          expect([price - 1n, price, price + 1n]).toContain(before + after)
          expect(before >= 0n && before <= price).toBe(true)
          expect(prorate(price, period, period)).toBe(price)
          expect(
            prorate(price, { from: at('2000-01-01T00:00:00Z'), to: at('2050-01-01T00:00:00Z') }, period),
          ).toBe(price)
          expect(prorate(price, { from: period.to, to: at('2060-01-01T00:00:00Z') }, period)).toBe(0n)
        },
      ),
    )
  })

  test('a longer span never costs less', () => {
    fc.assert(
      fc.property(instant, amount, fc.nat(2_000_000), fc.nat(2_000_000), (from, price, a, b) => {
        const period = periodOf(from, 0)
        const [short, long] = [Math.min(a, b), Math.max(a, b)].map((seconds) =>
          prorate(price, { from, to: new Date(from.getTime() + seconds * 1_000) }, period),
        )
        expect((short ?? 0n) <= (long ?? 0n)).toBe(true)
      }),
    )
  })
})

describe('currency', () => {
  test('a conversion is the day’s rate and two per cent, each rounded to even', () => {
    expect(convert(10_000n, 'USD', 'EUR', '0.9213')).toEqual({ converted: 9_213n, fee: 184n, total: 9_397n })
    expect(convert(10_000n, 'USD', 'USD', '1')).toEqual({ converted: 10_000n, fee: 0n, total: 10_000n })
    expect(convert(1_000n, 'USD', 'JPY', '151.25')).toEqual({ converted: 1_512n, fee: 30n, total: 1_542n })
    expect(convert(1_512n, 'JPY', 'USD', '0.0066')).toEqual({ converted: 998n, fee: 20n, total: 1_018n })
  })

  test('what is no rate is refused', () => {
    for (const rate of ['0', '0.000', '-1', '1e3', '', 'NaN'])
      expect(() => convert(1n, 'USD', 'EUR', rate)).toThrow(RangeError)
  })

  test('there and back again never gains more than rounding, and no amount turns negative', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 5_000, max: 20_000 }), (value, rate) => {
        const { converted, fee, total } = convert(value, 'GBP', 'USD', (rate / 10_000).toFixed(4))
        expect(total).toBe(converted + fee)
        expect(fee >= 0n && fee * 50n <= converted + 25n).toBe(true)
        const off = converted * 10_000n - value * BigInt(rate)
        expect(off <= 5_000n && off >= -5_000n).toBe(true)
      }),
    )
  })
})

test('what is asked for in another currency is shared after the fee, which is the platform’s alone', () => {
  fc.assert(
    fc.property(
      amount,
      fc.integer({ min: 5_000, max: 20_000 }),
      fc.constantFrom('EUR', 'JPY'),
      fc.constantFrom(80, 90),
      (price, rate, currency, sharePercent) => {
        const { converted, fee, total } = convert(price, currency, 'USD', (rate / 10_000).toFixed(4))
        const [split] = splitInvoice(
          [{ card: total, account: 0n, promotional: 0n, conversion: fee, sharePercent }],
          feeOf(total),
        )
        expect(split?.conversion).toBe(fee)
        expect((split?.share ?? 0n) + (split?.processing ?? 0n)).toBe(
          divideHalfEven(converted * BigInt(sharePercent), 100n),
        )
      },
    ),
  )
})

const creditLine = fc.record({ amount, takesServiceCredit: fc.boolean(), isFree: fc.boolean() })

describe('credits', () => {
  test('are used in order: the plan’s on services alone, granted, then the account’s own', () => {
    const lines = [
      { amount: 9_700n, takesServiceCredit: false, isFree: false },
      { amount: 3_000n, takesServiceCredit: true, isFree: false },
      { amount: 1_000n, takesServiceCredit: true, isFree: true },
    ]
    const { parts, used } = applyCredits(lines, { service: 5_000n, granted: 700n, account: 1_000n })
    expect(used).toEqual({ service: 3_000n, granted: 700n, account: 1_000n })
    expect(parts.map(({ card }) => card)).toEqual([8_000n, 0n, 0n])
    expect(parts[2]).toEqual({ free: 1_000n, service: 0n, granted: 0n, account: 0n, card: 0n })
  })

  test('pay no more than there is, no more than is asked, and every line’s parts sum to it', () => {
    fc.assert(
      fc.property(
        fc.array(creditLine, { maxLength: 30 }),
        amount,
        amount,
        amount,
        (lines, service, granted, account) => {
          const { parts, used } = applyCredits(lines, { service, granted, account })
          expect(used.service <= service && used.granted <= granted && used.account <= account).toBe(true)
          parts.forEach((part, i) => {
            expect(sum(Object.values(part))).toBe(lines[i]?.amount)
            expect(Object.values(part).every((each) => each >= 0n)).toBe(true)
            if (!lines[i]?.takesServiceCredit) expect(part.service).toBe(0n)
            if (lines[i]?.isFree) expect(part.free).toBe(lines[i]?.amount)
          })
          for (const kind of ['service', 'granted', 'account'] as const)
            expect(sum(parts.map((part) => part[kind]))).toBe(used[kind])
          // The card pays only when the other credit is at its end.
          if (sum(parts.map(({ card }) => card)) > 0n)
            expect([used.granted, used.account]).toEqual([granted, account])
        },
      ),
    )
  })
})

const splitLine: fc.Arbitrary<SplitInput> = fc
  .record({
    card: amount,
    account: amount,
    promotional: amount,
    part: fc.nat(100),
    sharePercent: fc.constantFrom(0, 80, 90),
  })
  .map(({ part, ...line }) => ({
    ...line,
    conversion: ((line.card + line.account + line.promotional) * BigInt(part)) / 5_000n,
  }))
const real = (line: SplitInput) => line.card + line.account

describe('split', () => {
  test('80 and 90 per cent of what was paid, less the line’s part of processing', () => {
    const line = { card: 1_000n, account: 0n, promotional: 0n, conversion: 0n }
    const lines = [
      { ...line, card: 9_700n, sharePercent: 0 },
      { ...line, sharePercent: 80 },
      { ...line, sharePercent: 90 },
    ]
    const fee = 369n // 2.9 % of 117.00 and 0.30
    expect(splitInvoice(lines, fee)).toEqual([
      { line: 9_700n, share: 0n, processing: 0n, conversion: 0n, platform: 9_700n },
      { line: 1_000n, share: 768n, processing: 32n, conversion: 0n, platform: 200n },
      { line: 1_000n, share: 869n, processing: 31n, conversion: 0n, platform: 100n },
    ])
  })

  test('what the platform’s credit pays reaches the provider without processing', () => {
    const line = { card: 0n, account: 0n, promotional: 1_000n, conversion: 0n, sharePercent: 80 }
    expect(splitInvoice([line, { ...line, card: 1_000n, promotional: 0n }], 59n)).toEqual([
      { line: 1_000n, share: 800n, processing: 0n, conversion: 0n, platform: 200n },
      { line: 1_000n, share: 741n, processing: 59n, conversion: 0n, platform: 200n },
    ])
  })

  test('processing takes no more than a share holds', () => {
    const line = { card: 20n, account: 0n, promotional: 0n, conversion: 0n, sharePercent: 80 }
    expect(splitInvoice([line], 31n)).toEqual([
      { line: 20n, share: 0n, processing: 16n, conversion: 0n, platform: 4n },
    ])
  })

  test('of any invoice, the parts of a line sum to it and none is below zero', () => {
    fc.assert(
      fc.property(
        fc.array(splitLine, { minLength: 1, maxLength: 30 }),
        fc.bigInt(0n, 100_000n),
        (lines, fee) => {
          const splits = splitInvoice(lines, fee)
          splits.forEach(({ line, ...parts }, i) => {
            const input = lines[i] as SplitInput
            expect(line).toBe(real(input) + input.promotional)
            expect(sum(Object.values(parts))).toBe(line)
            expect(Object.values(parts).every((part) => part >= 0n)).toBe(true)
            if (input.sharePercent === 0) expect([parts.share, parts.processing]).toEqual([0n, 0n])
          })
          expect(sum(splits.map(({ processing }) => processing)) <= fee).toBe(true)
        },
      ),
    )
  })
})

/** What Stripe takes of a charge. */
const feeOf = (charged: bigint) => (charged === 0n ? 0n : divideHalfEven(charged * 29n, 1_000n) + 30n)

describe('tax', () => {
  const taxed = fc
    .tuple(fc.array(splitLine, { minLength: 1, maxLength: 20 }), fc.nat(2_700))
    .map(([lines, rate]) => {
      const charged = sum(lines.map(({ card }) => card))
      const tax = divideHalfEven(charged * BigInt(rate), 10_000n)
      return { lines, tax, without: splitInvoice(lines, feeOf(charged)), fee: feeOf(charged + tax) }
    })

  test('is shared with nobody, and its processing is nobody’s but the platform’s', () => {
    fc.assert(
      fc.property(taxed, ({ lines, tax, without, fee }) => {
        const splits = splitInvoice(lines, fee, tax)
        splits.forEach((split, i) => {
          const bare = without[i]
          expect([split.line, split.conversion, split.platform]).toEqual([
            bare?.line,
            bare?.conversion,
            bare?.platform,
          ])
          expect(split.share + split.processing).toBe((bare?.share ?? 0n) + (bare?.processing ?? 0n))
          // Both are rounded: a unit is all that may lie between.
          expect(split.processing <= (bare?.processing ?? 0n) + 1n).toBe(true)
        })
        const [charged, borne] = [
          sum(lines.map(({ card }) => card)),
          sum(splits.map(({ processing }) => processing)),
        ]
        expect(borne * (charged + tax) <= fee * charged + BigInt(lines.length) * (charged + tax)).toBe(true)
      }),
    )
  })
})

describe('refunds', () => {
  const refunded = fc
    .tuple(splitLine, fc.bigInt(0n, 5_000n), fc.array(fc.nat(1_000), { minLength: 1, maxLength: 8 }))
    .map(([input, fee, cuts]) => {
      const split = splitInvoice([input], fee)[0]
      if (!split) throw new Error('one line makes one split')
      const marks = cuts.map((cut) => (split.line * BigInt(cut)) / 1_000n).sort((a, b) => (a < b ? -1 : 1))
      return { input, split, marks }
    })
  const names = ['share', 'conversion', 'platform', 'real', 'promotional'] as const

  test('refunds in any number of parts reverse what one of the same sum would', () => {
    fc.assert(
      fc.property(refunded, ({ input, split, marks }) => {
        const steps = marks.map((mark, i) =>
          reverseSplit(split, real(input), marks[i - 1] ?? 0n, mark - (marks[i - 1] ?? 0n)),
        )
        const whole = reverseSplit(split, real(input), 0n, marks.at(-1) ?? 0n)
        for (const name of names) expect(sum(steps.map((step) => step[name]))).toBe(whole[name])
        for (const step of [...steps, whole])
          expect(step.share + step.conversion + step.platform).toBe(step.real + step.promotional)
      }),
    )
  })

  test('a line that is refunded whole leaves nobody anything, and processing with the platform', () => {
    fc.assert(
      fc.property(refunded, ({ input, split }) => {
        expect(reverseSplit(split, real(input), 0n, split.line)).toEqual({
          share: split.share,
          conversion: split.conversion,
          platform: split.platform + split.processing,
          real: real(input),
          promotional: input.promotional,
        })
      }),
    )
  })

  test('a refund that is taken back leaves what was there before', () => {
    fc.assert(
      fc.property(refunded, ({ input, split, marks }) => {
        const mark = marks.at(-1) ?? 0n
        const there = reverseSplit(split, real(input), 0n, mark)
        const back = reverseSplit(split, real(input), mark, -mark)
        for (const name of names) expect(there[name] + back[name]).toBe(0n)
      }),
    )
  })

  test('no more is refunded than the line', () => {
    const [split] = splitInvoice(
      [{ card: 1_000n, account: 0n, promotional: 0n, conversion: 0n, sharePercent: 80 }],
      59n,
    )
    if (!split) throw new Error('one line makes one split')
    expect(() => reverseSplit(split, 1_000n, 400n, 601n)).toThrow(RangeError)
    expect(() => reverseSplit(split, 1_000n, 400n, -401n)).toThrow(RangeError)
  })
})
