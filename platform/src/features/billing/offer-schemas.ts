import { z } from '@hono/zod-openapi'
import { idPrefixes, idSchema, Money } from '@bizq/sdk/contract'
import { ServiceId } from '../releases/index.ts'
import { planCurrencies } from './plans.ts'

export const CouponId = idSchema(idPrefixes.coupon)
export const BundleId = idSchema(idPrefixes.bundle)

const AppliesTo = z.enum(['plan', 'services', 'all'])
const percentSentence = 'A percentage is a whole number from 1 to 100.'
const Percent = z.int(percentSentence).min(1, percentSentence).max(100, percentSentence)

export const Coupon = z
  .object({
    id: CouponId,
    code: z.string(),
    percent: z.int().nullable(),
    amount: Money.nullable(),
    appliesTo: AppliesTo,
    months: z.int().nullable().openapi({ description: 'On how many invoices; null is all.' }),
    redeemBy: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('Coupon')

const monthsSentence = 'Say on how many invoices: a whole number from 1 to 120, or null for all.'
export const NewCoupon = z
  .object({
    code: z
      .string()
      .trim()
      .toUpperCase()
      .regex(/^[A-Z0-9-]{3,40}$/, 'must be 3 to 40 letters, digits and hyphens'),
    percent: Percent.optional(),
    amount: Money.optional(),
    appliesTo: AppliesTo.default('all'),
    months: z.int(monthsSentence).min(1, monthsSentence).max(120, monthsSentence).nullable().default(1),
    redeemBy: z.iso.datetime().nullable().default(null),
  })
  .refine(({ percent, amount }) => (percent === undefined) !== (amount === undefined), {
    message: 'say either a percentage or an amount',
    path: ['percent'],
  })
  .refine(({ amount }) => amount === undefined || (amount.amount > 0 && amount.amount <= 99_999_999), {
    message: 'must be a whole number of minor units from 1 to 99999999',
    path: ['amount', 'amount'],
  })
  .refine(({ amount }) => amount === undefined || ['USD', 'EUR', 'GBP'].includes(amount.currency), {
    message: 'must be in a currency that operators pay in: USD, EUR or GBP',
    path: ['amount', 'currency'],
  })
  .openapi('NewCoupon')

export const Bundle = z
  .object({
    id: BundleId,
    name: z.string(),
    services: z.array(ServiceId),
    percent: z.int(),
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .openapi('Bundle')

const bundleSentence = 'A bundle is cheaper by a whole percentage from 1 to 90.'
export const NewBundle = z
  .object({
    name: z.string().trim().min(3).max(60),
    services: z.array(ServiceId).min(2).max(20),
    percent: z.int(bundleSentence).min(1, bundleSentence).max(90, bundleSentence),
  })
  .openapi('NewBundle')

const Sums = z.array(Money).openapi({ description: 'One amount for each currency.' })

export const MoneyQuery = z.object({ days: z.coerce.number().int().min(1).max(730).default(30) })

export const MoneyFigures = z
  .object({
    days: z.int(),
    since: z.iso.datetime().openapi({ description: 'The start of the first of these days, UTC' }),
    gmv: Sums,
    plans: Sums,
    shares: Sums,
    takeRate: z.number().nullable().openapi({
      description: 'What the platform keeps of what services sold, from 0 to 1; null where nothing was sold.',
    }),
    givenBack: Sums,
    platformRevenue: Sums,
    conversionRevenue: Sums,
    creditCost: Sums,
    launchCost: Sums,
    processing: Sums,
    disputeFees: Sums,
    badDebt: Sums,
    payable: Sums,
    receivable: Sums,
    operatorCredit: Sums,
    stripeBalance: Sums,
    tax: Sums,
    byMonth: z.array(z.object({ month: z.string(), gmv: Sums, plans: Sums, kept: Sums })),
  })
  .openapi('MoneyFigures', {
    description:
      'From gmv to badDebt: of these days, as the ledger booked it. From payable to tax: as it stands now.',
  })

const creditSentence = 'A credit is a whole number of minor units from 1 to 99999999.'
export const NewCredit = z
  .object({
    operator: idSchema(idPrefixes.organisation),
    amount: z.object({
      amount: z.int(creditSentence).min(1, creditSentence).max(99_999_999, creditSentence),
      currency: z.enum(planCurrencies),
    }),
    reason: z.string().trim().min(3).max(300),
  })
  .openapi('NewCredit')

export const GrantedCredit = NewCredit.extend({ at: z.iso.datetime() }).openapi('GrantedCredit')

export const CreditGrant = z
  .object({
    operator: z.object({ id: idSchema(idPrefixes.organisation), name: z.string() }),
    amount: Money,
    reason: z.string(),
    at: z.iso.datetime(),
    by: z.string().or(z.null()).openapi({ description: 'Who granted it; null once they left' }),
  })
  .openapi('CreditGrant')

export const OwnCredit = z
  .object({
    amount: Money,
    left: Money,
    reason: z.string(),
    at: z.iso.datetime(),
  })
  .openapi('OwnCredit', {
    description: 'The oldest is used first, before your own credit; none of it expires.',
  })
