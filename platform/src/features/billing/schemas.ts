import { z } from '@hono/zod-openapi'
import { idPrefixes, idSchema, Money } from '@bizq/sdk/contract'
import { PageQuery } from '../../http/pagination.ts'
import { BusinessId } from '../businesses/index.ts'
import { ReleaseId, ServiceId } from '../releases/index.ts'
import { SubscriptionId } from '../subscriptions/index.ts'
import { accountStates, planCurrencies, planNames } from './plans.ts'

export const InvoiceId = idSchema(idPrefixes.invoice)
const LineId = idSchema(idPrefixes.invoiceLine)

const orNull = <S extends z.ZodType>(schema: S) => schema.or(z.null())
const Instant = z.iso.datetime()
const Span = z.object({ from: Instant, to: Instant })
// A copy, since only schemas made after the extension can be described.
const Amount = Money.clone()
const NamedBusiness = z.object({ id: BusinessId, name: z.string() })
const NamedService = z.object({ id: ServiceId, service: z.string(), name: z.string() })

export const Plan = z.enum(planNames).openapi('Plan')
const PlanCurrency = z.enum(planCurrencies).openapi('PlanCurrency')

const PlanOffer = z.object({
  plan: Plan,
  price: Amount,
  serviceCredit: Amount,
  businesses: z.int().nullable().openapi({ description: 'How many may be served; null is any number.' }),
})

const isBeforeTax = z
  .boolean()
  .openapi({ description: 'Tax is worked out when the invoice is made, and comes besides.' })

export const Resuming = z
  .object({
    open: Amount.openapi({ description: 'What is owed, with tax.' }),
    period: orNull(Amount).openapi({
      description:
        'What the period comes to that begins with the payment, after all credit, or what was used before the pause where the plan was ended; null while the present one goes on.',
    }),
    sum: Amount,
    beginsAnewAfter: orNull(Instant).openapi({
      description: 'Who pays later than this begins a new period with it; null where the plan was ended.',
    }),
    isBeforeTax,
  })
  .openapi('Resuming', {
    description:
      'What is charged for a paused account to go on. A new card is charged all of it at once. What was asked for the time in which it was paused is given back as account credit, which the period counts.',
  })

const resuming = orNull(Resuming).openapi({ description: 'Of a paused account alone.' })

export const BillingAccount = z
  .object({
    state: z.enum(accountStates).openapi({
      description:
        'trialing: everything is allowed. past_due: a payment failed and is tried again; everything runs. grace: the last week in which everything runs. paused: nothing runs until the open invoice is paid. lapsed, cancelled: on no plan, nothing runs until one is chosen. Nothing is ever deleted.',
    }),
    plan: orNull(Plan),
    currency: orNull(PlanCurrency),
    trialEndsAt: Instant,
    period: Span.openapi({ description: 'What the plan and monthly prices are for at present.' }),
    endsAt: Instant.nullable().openapi({ description: 'When the plan ends, if it was cancelled.' }),
    graceEndsAt: Instant.nullable(),
    nextAttemptAt: Instant.nullable(),
    now: Instant.openapi({ description: 'The account’s own present: a test clock may have put it ahead.' }),
    mayAdvanceClock: z.boolean(),
    limits: z.object({ businesses: z.int().nullable(), served: z.int() }),
    resting: z.array(NamedBusiness),
    credit: z.object({
      service: z.object({ whole: Amount, used: Amount, left: Amount }).nullable(),
      granted: Amount,
      account: Amount.openapi({ description: 'What was given back and not used yet.' }),
    }),
    paymentMethod: z.object({ brand: z.string(), last4: z.string(), expiresAt: z.string() }).nullable(),
    openInvoices: z
      .array(
        z.object({
          id: InvoiceId,
          total: Amount,
          number: z.string().nullable(),
          madeAt: Instant,
          failure: z.string().nullable(),
          hostedUrl: z.string().nullable().openapi({ description: 'Where to pay it at Stripe.' }),
        }),
      )
      .openapi({ description: 'What waits for money, the oldest first.' }),
    owed: orNull(Amount).openapi({ description: 'Of all of them, with tax.' }),
    resuming,
    coupons: z.array(z.object({ code: z.string(), words: z.string(), monthsLeft: z.int().nullable() })),
    plans: z.array(PlanOffer),
  })
  .openapi('BillingAccount')

export const BillingQuery = z.object({
  currency: PlanCurrency.optional().openapi({
    description: 'What plans are priced in while no currency is fixed. US dollars, if left out.',
  }),
})

export const BillingStanding = z
  .object({
    account: orNull(
      z.object({
        state: z.enum(accountStates),
        plan: orNull(Plan),
        now: Instant,
        trialEndsAt: Instant,
        endsAt: Instant.nullable(),
        graceEndsAt: Instant.nullable(),
        nextAttemptAt: Instant.nullable(),
        hasCard: z.boolean(),
        owed: Amount.nullable().openapi({ description: 'Of all open invoices, with tax.' }),
        resuming,
      }),
    ).openapi({ description: 'Null while the account has not begun.' }),
  })
  .openapi('BillingStanding')

export const PlanChoice = z
  .object({
    plan: Plan,
    currency: PlanCurrency.optional().openapi({
      description: 'What is paid in; fixed once chosen. US dollars, if left out.',
    }),
    keep: z.array(BusinessId).max(1_000).optional().openapi({
      description:
        'Which businesses go on being served where the plan serves fewer. The newest rest, if left out.',
    }),
    seen: z
      .object({ plan: orNull(Plan), state: z.enum(accountStates) })
      .optional()
      .openapi({
        description:
          'What stood when this was decided: refused where it changed meanwhile, so that nobody pays for what they did not look at.',
      }),
  })
  .openapi('PlanChoice')

export const PlanPreview = z
  .object({
    plan: Plan,
    from: orNull(Plan),
    effectiveAt: Instant,
    dueNow: Amount,
    isBeforeTax,
    creditLater: Amount.nullable().openapi({ description: 'Given to the account’s credit.' }),
    lines: z.array(z.object({ description: z.string(), amount: Amount })),
    nextMonthly: Amount,
    resuming: orNull(Resuming).openapi({
      description: 'Of a paused account: with what the change itself comes to in its sum.',
    }),
    limit: z.int().nullable(),
    businesses: z.array(z.object({ id: BusinessId, name: z.string(), rests: z.boolean() })),
  })
  .openapi('PlanPreview')

const Credits = z.object({ service: Amount, granted: Amount, launch: Amount, account: Amount })

/** What else became of what was given back: no money of the operator's. */
const givenBack = {
  taken: Amount.openapi({ description: 'A bank took it of what its card had paid.' }),
  creditBack: Amount.openapi({ description: 'Credit had paid it, and can be used again.' }),
  covered: Amount.openapi({
    description:
      'Credit of a period that is over, or the platform, had paid it: nothing was charged, nothing came back.',
  }),
}

export const InvoiceLine = z
  .object({
    id: LineId.nullable(),
    kind: z.enum(['plan', 'plan-unused', 'monthly', 'catch-up', 'usage']),
    description: z.string(),
    business: NamedBusiness.nullable(),
    service: NamedService.nullable(),
    subscription: SubscriptionId.nullable(),
    from: Instant,
    to: Instant,
    quantity: z.int(),
    price: Amount.openapi({ description: 'As it is priced, before conversion.' }),
    rate: z.string().nullable(),
    gross: Amount,
    conversion: Amount.openapi({ description: 'The part of the amount that is for converting.' }),
    discount: Amount,
    discounts: z.array(z.object({ words: z.string(), amount: Amount })),
    amount: Amount,
    credits: Credits,
    card: Amount,
    refunded: Amount.openapi({ description: 'Came back, by card or as account credit, before tax.' }),
    ...givenBack,
  })
  .openapi('InvoiceLine')

export const InvoiceSummary = z
  .object({
    id: InvoiceId,
    number: z.string().nullable(),
    kind: z.enum(['period', 'change']),
    state: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']),
    plan: Plan,
    period: Span,
    madeAt: Instant,
    paidAt: Instant.nullable(),
    total: Amount.openapi({ description: 'Of the lines, before credits and tax.' }),
    credits: Credits,
    card: Amount,
    tax: Amount,
    refunded: Amount.openapi({ description: 'Came back, by card or as account credit, with its tax.' }),
    ...givenBack,
    hostedUrl: z.string().nullable(),
    failure: z.string().nullable(),
    nextAttemptAt: Instant.nullable(),
  })
  .openapi('InvoiceSummary')

export const Invoice = InvoiceSummary.extend({ lines: z.array(InvoiceLine) }).openapi('Invoice')

export const UpcomingInvoice = z
  .object({
    plan: Plan,
    isBeforeTax,
    period: Span,
    madeAt: Instant,
    total: Amount,
    credits: Credits,
    card: Amount,
    lines: z.array(InvoiceLine),
  })
  .openapi('UpcomingInvoice')

export const Usage = z
  .object({
    subscription: SubscriptionId,
    business: NamedBusiness,
    service: NamedService,
    units: z.array(
      z.object({ unit: z.string(), count: z.int(), included: z.int(), charged: z.int(), amount: Amount }),
    ),
    spent: Amount,
    cap: Amount,
    capIsOwn: z.boolean().openapi({ description: 'False: it is what holds where nobody set one.' }),
    reachedAt: Instant.nullable(),
    chargedFrom: Instant.nullable().openapi({
      description: 'When its trial ends: use costs nothing before. Null once it is charged.',
    }),
    endedAt: Instant.nullable().openapi({
      description:
        'When it was cancelled. Subscribed to again in this period, the business goes on from what it used and spent, under the same cap.',
    }),
    period: Span,
  })
  .openapi('Usage')

export const UsageQuery = z.object({ subscription: SubscriptionId.optional() })

const capSentence = 'A cap is a whole number of minor units from 0 to 99999999, or null.'
export const UsageCap = z
  .object({
    amount: z.int(capSentence).min(0, capSentence).max(99_999_999, capSentence).nullable().openapi({
      description:
        'The most that use of the service may cost the business in a period, however often it subscribes, in minor units of the price’s currency; null is three monthly prices, or 20.00 without one.',
    }),
  })
  .openapi('UsageCap')

export const OwnPrice = z
  .object({
    currency: orNull(PlanCurrency).openapi({
      description: 'What you are billed in; null while that is not fixed.',
    }),
    conversion: z.enum(['none', 'known', 'unknown']).openapi({
      description:
        'none: the service is priced in what you are billed in, or nothing fixes that yet. unknown: there is no rate at present, so what it comes to cannot be said.',
    }),
    rate: orNull(z.object({ from: z.string(), rate: z.string(), day: z.iso.date() })).openapi({
      description:
        'What one unit of the price’s currency came to on a day (UTC), before converting costs 2 %.',
    }),
    monthly: orNull(Amount).openapi({
      description:
        'About: an invoice takes the rate of its own day. With the 2 % for converting, as all here.',
    }),
    usage: z.array(z.object({ unit: z.string(), count: z.int(), amount: Amount })).openapi({
      description: 'What so many of a unit come to: a hundred, where one is too little to be converted.',
    }),
    cap: orNull(Amount).openapi({ description: 'The most that use costs a month where you set no cap.' }),
    bundles: z
      .array(
        z.object({
          name: z.string(),
          percent: z.int(),
          with: z.array(z.object({ service: z.string(), name: z.string() })),
          isConverted: z.boolean().openapi({ description: 'It depends on the rate of a day.' }),
          monthly: orNull(Amount).openapi({
            description: 'Of all of them for one business, less the percentage.',
          }),
        }),
      )
      .openapi({
        description: 'What costs less where one business has all of it, in what you are billed in.',
      }),
  })
  .openapi('OwnPrice')

export const OwnPriceQuery = z.object({
  release: ReleaseId.optional().openapi({ description: 'Another release than the one that is listed.' }),
})

export const Cost = z
  .object({
    subscription: SubscriptionId,
    business: NamedBusiness,
    service: NamedService,
    cost: Amount.openapi({ description: 'Invoiced, less what was given back.' }),
    saved: z.array(Amount).openapi({ description: 'What its reports say that it saved, by currency.' }),
  })
  .openapi('Cost')

export const CostQuery = z.object({ months: z.coerce.number().int().min(1).max(36).default(12) })
export const InvoiceQuery = PageQuery
export const ReturnTo = z.object({
  returnTo: z
    .string()
    .regex(/^\/(?!\/)[\w\-./?=&%]*$/, 'must be a path of this site, such as /billing')
    .max(300)
    .default('/billing'),
})
export const SetupPage = z.object({ url: z.url() }).openapi('SetupPage')
const codeSentence = 'A code has 3 to 40 characters.'
export const CouponCode = z.object({
  code: z.string(codeSentence).trim().min(3, codeSentence).max(40, codeSentence),
})
const daysSentence = 'A clock goes on by whole days, 1 to 400 at once.'
export const ClockAdvance = z.object({
  days: z.int(daysSentence).min(1, daysSentence).max(400, daysSentence),
})
