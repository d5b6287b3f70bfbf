import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  allotCharge,
  amountOf,
  creditBack,
  downtimeCredit,
  nothingBack,
  refundParts,
  sumParts,
  type RefundParts,
} from './parts.ts'

const amount = fc.bigInt({ min: 0n, max: 99_999n })
const line = fc
  .record({ card: amount, account: amount, promotional: amount, tax: amount })
  .map((each) => (each.card === 0n ? { ...each, tax: 0n } : each))
const wholeOf = (each: { card: bigint; account: bigint; promotional: bigint }) =>
  each.card + each.account + each.promotional
const isWithin = (parts: RefundParts) => Object.values(parts).every((part) => part >= 0n)
const way = fc.constantFrom('card' as const, 'account_credit' as const)

describe('parts of a refund', () => {
  test('what the platform paid goes back to nobody, what the card paid goes to the card with its tax', () => {
    const paid = { card: 500n, account: 300n, promotional: 200n, tax: 100n }
    expect(refundParts(paid, nothingBack, 1_000n, 'card')).toEqual({
      card: 500n,
      credit: 300n,
      promotional: 200n,
      tax: 100n,
    })
    expect(refundParts(paid, nothingBack, 500n, 'card')).toEqual({
      card: 400n,
      credit: 0n,
      promotional: 100n,
      tax: 80n,
    })
    expect(refundParts(paid, nothingBack, 500n, 'account_credit')).toEqual({
      card: 0n,
      credit: 400n,
      promotional: 100n,
      tax: 0n,
    })
    expect(() => refundParts(paid, nothingBack, 1_001n, 'card')).toThrow(RangeError)
    const before = refundParts(paid, nothingBack, 500n, 'card')
    expect(() => refundParts(paid, before, 501n, 'card')).toThrow(RangeError)
  })

  test('however a line is given back, in whatever parts and ways, nobody gets more than was paid and the whole comes to the whole', () => {
    fc.assert(
      fc.property(
        line,
        fc.array(fc.tuple(fc.nat(1_000), way), { maxLength: 8 }),
        fc.nat(1_000),
        (paid, steps, taken) => {
          let before = nothingBack
          const add = (parts: RefundParts) => {
            expect(isWithin(parts)).toBe(true)
            before = sumParts([before, parts])
            expect(
              before.card <= paid.card && before.tax <= paid.tax && before.promotional <= paid.promotional,
            ).toBe(true)
            expect(before.card + before.credit <= paid.card + paid.account).toBe(true)
          }
          const give = (step: bigint, how: 'card' | 'account_credit') => {
            if (step === 0n) return
            const parts = refundParts(paid, before, step, how)
            expect(amountOf(parts)).toBe(step)
            add(parts)
          }
          for (const [part, how] of steps)
            give(((wholeOf(paid) - amountOf(before)) * BigInt(part)) / 1_000n, how)
          const [bank] = allotCharge(
            [{ line: paid, before }],
            ((paid.card + paid.tax) * BigInt(taken)) / 1_000n,
          ).parts
          add(bank ?? nothingBack)
          give(wholeOf(paid) - amountOf(before), 'card')
          expect(amountOf(before)).toBe(wholeOf(paid))
          expect(before.promotional).toBe(paid.promotional)
        },
      ),
    )
  })

  test('a whole line that goes back to the card in parts brings its whole tax back', () => {
    fc.assert(
      fc.property(line, fc.array(fc.nat(1_000), { maxLength: 6 }), (paid, steps) => {
        fc.pre(wholeOf(paid) > 0n)
        let before = nothingBack
        for (const part of [...steps, 1_000]) {
          const step = ((wholeOf(paid) - amountOf(before)) * BigInt(part)) / 1_000n
          if (step > 0n) before = sumParts([before, refundParts(paid, before, step, 'card')])
        }
        expect(before).toEqual({
          card: paid.card,
          credit: paid.account,
          promotional: paid.promotional,
          tax: paid.tax,
        })
      }),
    )
  })
})

describe('what a bank takes', () => {
  test('is shared over the lines that the card paid, sums to what was taken, and is at most the rest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(line, fc.nat(1_000)), { minLength: 1, maxLength: 12 }),
        fc.nat(1_500),
        (given, taken) => {
          const lines = given.map(([paid, part]) => {
            const step = (wholeOf(paid) * BigInt(part)) / 1_000n
            return {
              line: paid,
              before: step > 0n ? refundParts(paid, nothingBack, step, 'card') : nothingBack,
            }
          })
          const charge = lines.reduce((all, each) => all + each.line.card + each.line.tax, 0n)
          const total = (charge * BigInt(taken)) / 1_000n
          const { parts, beyond } = allotCharge(lines, total)
          const sum = sumParts(parts)
          expect(sum.card + sum.tax + beyond).toBe(total)
          expect(beyond >= 0n && sum.credit === 0n && sum.promotional === 0n).toBe(true)
          parts.forEach((part, i) => {
            const { line: paid, before } = lines[i] ?? { line: { card: 0n, tax: 0n }, before: nothingBack }
            expect(isWithin(part)).toBe(true)
            expect(before.card + part.card <= paid.card && before.tax + part.tax <= paid.tax).toBe(true)
          })
        },
      ),
    )
  })
})

describe('downtime', () => {
  const month = 30 * 1_440

  test('at 99.9 % nothing is credited; below it 10, 25 and 50 % of what was kept', () => {
    const creditAt = (availability: number) =>
      downtimeCredit(1_000n, { minutes: month, minutesDown: Math.round(month * (1 - availability)) })
    expect([1, 0.9995, 0.999].map(creditAt)).toEqual([0n, 0n, 0n])
    expect([0.9989, 0.99].map(creditAt)).toEqual([100n, 100n])
    expect([0.9899, 0.95].map(creditAt)).toEqual([250n, 250n])
    expect([0.9499, 0].map(creditAt)).toEqual([500n, 500n])
    expect(() => downtimeCredit(1_000n, { minutes: month, minutesDown: month + 1 })).toThrow(RangeError)
  })

  test('one minute more of downtime never credits less, and never more than half', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 1, max: month }), fc.nat(), (kept, minutes, some) => {
        const minutesDown = some % minutes
        const credit = downtimeCredit(kept, { minutes, minutesDown })
        expect(downtimeCredit(kept, { minutes, minutesDown: minutesDown + 1 }) >= credit).toBe(true)
        expect(credit >= 0n && credit * 2n <= kept + 1n).toBe(true)
      }),
    )
  })
})

describe('credit that had paid a line', () => {
  const paid = fc
    .record({
      service: amount,
      granted: amount,
      isServicePresent: fc.boolean(),
      waived: amount,
      others: amount,
    })
    .map(({ others, waived, ...each }) => ({
      ...each,
      isLaunchFree: false,
      grantedOfInvoice: each.granted + others,
      waived: waived < each.granted + others ? waived : each.granted + others,
    }))

  test('however often a part of it is given back, no more can be used again than paid, and the plan’s not when its time is over', () => {
    fc.assert(
      fc.property(paid, fc.array(amount, { maxLength: 6 }), (of, wanted) => {
        let before = 0n
        const sum = { service: 0n, granted: 0n }
        for (const each of [...wanted, of.service + of.granted]) {
          const left = of.service + of.granted - before
          const part = each < left ? each : left
          const back = creditBack(of, before, part)
          expect(back.service >= 0n && back.granted >= 0n && back.service + back.granted <= part).toBe(true)
          before += part
          sum.service += back.service
          sum.granted += back.granted
        }
        expect(sum.service).toBe(of.isServicePresent ? of.service : 0n)
        const most =
          of.grantedOfInvoice === 0n
            ? 0n
            : (of.granted * (of.grantedOfInvoice - of.waived)) / of.grantedOfInvoice
        expect(sum.granted <= most).toBe(true)
        if (of.waived === 0n) expect(sum.granted).toBe(of.granted)
      }),
    )
  })

  test('what was free for a launch provider’s customers is no credit of theirs', () => {
    const free = { service: 0n, granted: 0n, grantedOfInvoice: 0n, waived: 0n, isServicePresent: true }
    expect(creditBack({ ...free, isLaunchFree: true }, 0n, 500n)).toEqual({ service: 0n, granted: 0n })
  })
})
