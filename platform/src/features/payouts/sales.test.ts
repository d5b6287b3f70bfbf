import { randomUUID } from 'node:crypto'
import { decodeId } from '@bizq/sdk/contract'
import fc from 'fast-check'
import { expect } from 'vitest'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { test, type Platform } from '../../../test/harness.ts'
import { asPlatform } from '../../../test/money.ts'
import type { Person } from '../../../test/people.ts'
import { paidInvoice, paidLine, settle, signUpProvider } from '../../../test/sales.ts'
import { balancesOf } from '../ledger/index.ts'
import { reverseSale, settleInvoice } from './index.ts'

const owed = async (platform: Platform, provider: Person, currency = 'USD') => {
  const balances = await asPlatform(platform, (unit) =>
    balancesOf(unit, 'provider_payable', decodeId('org', provider.organisation)),
  )
  return -(balances.get(currency) ?? 0n)
}

const refundOf = (line: string, amount: bigint) => {
  const refund = randomUUID()
  return { refund, cause: { type: 'refund', id: refund }, line, amount, to: 'card' as const, at: new Date() }
}

test('a paid line makes one earning of 80 per cent less its processing, however often it is told', async ({
  platform,
  operator,
}) => {
  const provider = await signUpProvider(platform)
  const invoice = paidInvoice(operator, [paidLine(provider)], { processingFee: 59n })
  await settle(platform, invoice)
  await asPlatform(platform, (unit) => settleInvoice(unit, invoice))
  expect(await owed(platform, provider)).toBe(741n)
})

test('lines of several providers and of the platform are each booked to whom they belong', async ({
  platform,
  operator,
}) => {
  const [one, other] = [await signUpProvider(platform), await signUpProvider(platform)]
  const plan = paidLine(one, { sale: null, sharePercent: 0, card: 9_700n })
  await settle(
    platform,
    paidInvoice(operator, [plan, paidLine(one), paidLine(other, { sharePercent: 90 })], {
      processingFee: 369n,
    }),
  )
  expect([await owed(platform, one), await owed(platform, other)]).toEqual([768n, 869n])
})

test('what a provider keeps of its earnings names nobody who paid', async ({ platform, operator }) => {
  const provider = await signUpProvider(platform)
  const invoice = paidInvoice(operator, [paidLine(provider)])
  await settle(platform, invoice)
  const own = decodeId('org', provider.organisation)
  const rows = await withUnitOfWork(platform.deps, systemActor(own, 'provider'), async ({ tx }) => ({
    earnings: await tx.selectFrom('earnings').selectAll().execute(),
    settled: await tx.selectFrom('settled_lines').selectAll().execute(),
    reversals: await tx.selectFrom('line_reversals').selectAll().execute(),
  }))
  expect(rows.earnings).toHaveLength(1)
  expect([rows.settled, rows.reversals]).toEqual([[], []])
  const text = JSON.stringify(rows.earnings)
  for (const id of [invoice.operator, invoice.id, invoice.lines[0]?.id ?? '']) expect(text).not.toContain(id)
})

test('a refund takes the provider’s share in proportion, once, and never beyond the line', async ({
  platform,
  operator,
}) => {
  const provider = await signUpProvider(platform)
  const line = paidLine(provider)
  await settle(platform, paidInvoice(operator, [line], { processingFee: 59n }))
  const refund = refundOf(line.id, 333n)
  const first = await asPlatform(platform, (unit) => reverseSale(unit, refund))
  expect(first).toEqual({ share: 247n, conversion: 0n, platform: 86n, real: 333n, promotional: 0n })
  expect(await asPlatform(platform, (unit) => reverseSale(unit, refund))).toEqual(first)
  expect(await owed(platform, provider)).toBe(741n - 247n)

  await expect(
    asPlatform(platform, (unit) => reverseSale(unit, { ...refund, amount: 334n })),
  ).rejects.toThrow('not of 334')
  await expect(asPlatform(platform, (unit) => reverseSale(unit, refundOf(line.id, 668n)))).rejects.toThrow(
    RangeError,
  )
  await asPlatform(platform, (unit) => reverseSale(unit, refundOf(line.id, 667n)))
  expect(await owed(platform, provider)).toBe(0n)
})

test('a dispute that was won gives the share again', async ({ platform, operator }) => {
  const provider = await signUpProvider(platform)
  const line = paidLine(provider)
  await settle(platform, paidInvoice(operator, [line]))
  await asPlatform(platform, (unit) => reverseSale(unit, { ...refundOf(line.id, 1_000n), to: 'dispute' }))
  expect(await owed(platform, provider)).toBe(0n)
  await asPlatform(platform, (unit) => reverseSale(unit, { ...refundOf(line.id, -1_000n), to: 'dispute' }))
  expect(await owed(platform, provider)).toBe(800n)
})

test('what credit had paid goes back to the platform, and the operator gets its own part alone', async ({
  platform,
  operator,
}) => {
  const provider = await signUpProvider(platform)
  const line = paidLine(provider, { card: 600n, promotional: 400n })
  await settle(platform, paidInvoice(operator, [line]))
  const reversal = await asPlatform(platform, (unit) =>
    reverseSale(unit, { ...refundOf(line.id, 500n), to: 'account_credit' }),
  )
  expect(reversal).toMatchObject({ real: 300n, promotional: 200n, share: 400n })
  const credit = await asPlatform(platform, (unit) =>
    balancesOf(unit, 'operator_credit', decodeId('org', operator.organisation)),
  )
  expect(credit.get('USD')).toBe(-300n)
})

test('of a line that was not paid nothing is given back', async ({ platform }) => {
  await expect(asPlatform(platform, (unit) => reverseSale(unit, refundOf(randomUUID(), 1n)))).rejects.toThrow(
    'not settled',
  )
})

test('two refunds at the same moment take no more than both', async ({ platform, operator }) => {
  const provider = await signUpProvider(platform)
  const line = paidLine(provider)
  await settle(platform, paidInvoice(operator, [line], { processingFee: 59n }))
  const outcomes = await Promise.allSettled(
    [600n, 600n, 400n].map((amount) =>
      asPlatform(platform, (unit) => reverseSale(unit, refundOf(line.id, amount))),
    ),
  )
  const taken = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const sum = taken.reduce((all, { real }) => all + real, 0n)
  expect(sum <= 1_000n).toBe(true)
  expect(await owed(platform, provider)).toBe(741n - taken.reduce((all, { share }) => all + share, 0n))
})

test('halves that are given back at the same moment come to the whole, to the cent', async ({
  platform,
  operator,
}) => {
  const provider = await signUpProvider(platform)
  const lines = [1, 2, 3, 4].map(() => paidLine(provider))
  for (const line of lines) await settle(platform, paidInvoice(operator, [line], { processingFee: 59n }))
  // Half of 7.41 is rounded to even: only the difference of two cumulative parts gives 3.70 and 3.71.
  await Promise.all(
    lines.flatMap(({ id }) =>
      [1, 2].map(() => asPlatform(platform, (unit) => reverseSale(unit, refundOf(id, 500n)))),
    ),
  )
  expect(await owed(platform, provider)).toBe(0n)
})

test('any invoices and refunds leave a ledger in which everything agrees', async ({ platform, operator }) => {
  const providers = [await signUpProvider(platform), await signUpProvider(platform)]
  const amount = fc.bigInt(0n, 50_000n)
  const line = fc.record({
    provider: fc.nat(2),
    card: amount,
    account: amount,
    promotional: amount,
    sharePercent: fc.constantFrom(80, 90),
    refunds: fc.array(fc.nat(1_000), { maxLength: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 6 }),
      fc.bigInt(0n, 3_000n),
      async (drawn, fee) => {
        const lines = drawn.map(({ provider, card, account, promotional, sharePercent }) => {
          const parts = { card, account, promotional, sharePercent }
          const who = providers[provider]
          return who
            ? paidLine(who, parts)
            : paidLine(providers[0] as Person, { ...parts, sale: null, sharePercent: 0 })
        })
        const hasCard = lines.some(({ card }) => card > 0n)
        await settle(platform, paidInvoice(operator, lines, { processingFee: hasCard ? fee : 0n }))
        for (const [i, { refunds }] of drawn.entries()) {
          const { id, card, account, promotional } = lines[i] ?? paidLine(providers[0] as Person)
          const marks = refunds
            .map((part) => ((card + account + promotional) * BigInt(part)) / 1_000n)
            .sort((a, b) => (a < b ? -1 : 1))
          for (const [n, mark] of marks.entries()) {
            const part = mark - (marks[n - 1] ?? 0n)
            if (part > 0n) await asPlatform(platform, (unit) => reverseSale(unit, refundOf(id, part)))
          }
        }
      },
    ),
    { numRuns: 15 },
  )
})
