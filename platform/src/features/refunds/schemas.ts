import { idPrefixes, idSchema, Money } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../http/pagination.ts'

export const RefundId = idSchema(idPrefixes.refund)

export const RefundCause = z
  .enum([
    'money_back',
    'cancelled',
    'no_execution',
    'changed',
    'resting',
    'downgrade',
    'suspended',
    'paused',
    'downtime',
    'manual',
    'overpaid',
    'dispute',
    'dispute_won',
    'outside',
  ])
  .openapi('RefundCause', {
    description:
      'money_back: within 30 days. cancelled, changed, resting, downgrade: what was paid ahead and not used. suspended: what was paid ahead for a time in which the service might not run, by no wish of yours. paused: what was asked for the time in which the account was paused. no_execution: nothing succeeded in the month. downtime: less than 99.9 %. manual: by the platform, with a reason. dispute: a bank took it; dispute_won: and gave it back. outside: made at Stripe, not here.',
  })
export type RefundCause = z.infer<typeof RefundCause>

export const RefundWay = z.enum(['card', 'account_credit', 'bank']).openapi('RefundWay')
export type RefundWay = z.infer<typeof RefundWay>

export const RefundState = z
  .enum(['planned', 'pending', 'succeeded', 'failed', 'refused'])
  .openapi('RefundState', {
    description:
      'planned: decided. pending: on its way to the card. failed: the card did not take it, so it became account credit. refused: Stripe did not take it; nothing was given back.',
  })
export type RefundState = z.infer<typeof RefundState>

/**
 * Of the line, before tax: below 0 it takes a refund back. `toCard` is with `tax`. `promotional` is no money, since
 * credit or the platform had paid it: what of that credit can be used again is `creditBack`, once it is booked.
 */
export const Refund = z
  .object({
    id: RefundId,
    invoice: idSchema(idPrefixes.invoice),
    line: idSchema(idPrefixes.invoiceLine),
    subscription: idSchema(idPrefixes.subscription).nullable(),
    business: idSchema(idPrefixes.business).nullable(),
    service: idSchema(idPrefixes.service).nullable(),
    cause: RefundCause,
    way: RefundWay,
    amount: Money,
    toCard: Money,
    tax: Money,
    toCredit: Money,
    promotional: Money,
    creditBack: Money,
    reason: z.string().nullable(),
    state: RefundState,
    failure: z.string().nullable(),
    madeAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .openapi('Refund')
export type Refund = z.infer<typeof Refund>

export const RefundQuery = PageQuery.extend({
  invoice: idSchema(idPrefixes.invoice).optional(),
  subscription: idSchema(idPrefixes.subscription).optional(),
})
export type RefundQuery = z.infer<typeof RefundQuery>

/** What would come back, or does: money by two ways, credit that can be used again, and what nobody gets. */
const comesBack = { toCard: Money, toCredit: Money, creditBack: Money, covered: Money }
const comesBackInWords =
  'toCard: with tax. toCredit: account credit, which had paid it. creditBack: of the plan’s credit of this period and of granted credit, to be used again. covered: credit of a period that is over, or the platform, had paid it: nothing was charged, nothing comes back.'

export const MoneyBack = z
  .object({
    items: z.array(Refund),
    /** What goes back to the card and to the account credit. */
    total: Money,
    ...comesBack,
  })
  .openapi('MoneyBack', { description: comesBackInWords })
export type MoneyBack = z.infer<typeof MoneyBack>

export const MoneyBackOffer = z
  .object({
    state: z.enum(['possible', 'unpaid', 'over', 'done', 'disputed']).openapi({
      description:
        'unpaid: nothing was paid yet. over: the 30 days are. done: it came back before, once for each business and service. disputed: a bank is deciding about the payment, and the 30 days wait.',
    }),
    until: z.iso.datetime().nullable(),
    back: z.object(comesBack).nullable(),
    detail: z.string().nullable().openapi({ description: 'Why it is not possible' }),
  })
  .openapi('MoneyBackOffer', { description: comesBackInWords })
export type MoneyBackOffer = z.infer<typeof MoneyBackOffer>

const amountSentence = 'An amount is a whole number of minor units above 0.'
export const NewRefund = z
  .object({
    line: idSchema(idPrefixes.invoiceLine),
    amount: z.int(amountSentence).positive(amountSentence).optional().openapi({
      description:
        'Minor units of the invoice’s currency, before tax; without it, all that is left of the line.',
    }),
    way: z.enum(['card', 'account_credit']).default('card'),
    reason: z.string().trim().min(1).max(1_000).openapi({ description: 'The operator reads it.' }),
  })
  .openapi('NewRefund')
export type NewRefund = z.infer<typeof NewRefund>

const Party = z.object({ id: idSchema(idPrefixes.organisation), name: z.string() })

export const AdminRefund = Refund.omit({ subscription: true, business: true })
  .extend({
    operator: Party,
    provider: idSchema(idPrefixes.organisation).nullable(),
    borne: z
      .object({ provider: Money, platform: Money, conversion: Money })
      .nullable()
      .openapi({ description: 'Who bore it, once it is booked' }),
    stripeRefund: z.string().nullable(),
    settledAt: z.iso.datetime().nullable(),
  })
  .openapi('AdminRefund')
export type AdminRefund = z.infer<typeof AdminRefund>

export const RefundableLine = z
  .object({
    line: idSchema(idPrefixes.invoiceLine),
    invoice: idSchema(idPrefixes.invoice),
    number: z.string().nullable(),
    invoiceState: z.enum(['draft', 'open', 'paid', 'uncollectible', 'void']),
    operator: Party,
    description: z.string(),
    amount: Money,
    refunded: Money,
    left: Money,
    leftPaid: Money,
    leftCredit: Money,
    leftCovered: Money,
    isDisputed: z.boolean().openapi({ description: 'A bank has not decided yet: nothing can be given back' }),
  })
  .openapi('RefundableLine', {
    description:
      'A line of an invoice and what of it can still be given back. Of what is left, leftPaid is what the operator had paid, before tax; leftCredit was paid by credit that can be used again then; of leftCovered nobody gets anything, since the credit’s period is over or the platform had paid it.',
  })
export type RefundableLine = z.infer<typeof RefundableLine>

export const AdminRefundQuery = PageQuery.extend({
  operator: idSchema(idPrefixes.organisation).optional(),
  cause: RefundCause.optional(),
  state: RefundState.optional(),
})
export type AdminRefundQuery = z.infer<typeof AdminRefundQuery>

export const CardDispute = z
  .object({
    id: idSchema(idPrefixes.cardDispute),
    stripeDispute: z.string(),
    operator: Party,
    invoice: idSchema(idPrefixes.invoice),
    amount: Money,
    fee: Money,
    reason: z.string().openapi({ description: 'In Stripe’s words' }),
    status: z
      .string()
      .openapi({ description: 'In Stripe’s words: needs_response, under_review, won, lost, …' }),
    stage: z.enum(['asked', 'withdrawn', 'returned']).openapi({
      description: 'asked: the bank asks. withdrawn: it took the money. returned: it gave it back.',
    }),
    dueAt: z.iso.datetime().nullable(),
    evidence: z
      .record(z.string(), z.string())
      .nullable()
      .openapi({ description: 'What was handed in, by Stripe’s names' }),
    evidenceAt: z.iso.datetime().nullable(),
    openedAt: z.iso.datetime(),
    closedAt: z.iso.datetime().nullable(),
  })
  .openapi('CardDispute')
export type CardDispute = z.infer<typeof CardDispute>
