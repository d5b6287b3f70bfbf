import { idPrefixes, idSchema, Money } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../http/pagination.ts'
import { reversalCauses } from './sale-store.ts'
import { schedules } from './schedule.ts'

export const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-11')
export const PayoutSchedule = z.enum(schedules).openapi('PayoutSchedule')

export const ProviderAccount = z
  .object({
    state: z.enum(['none', 'restricted', 'due', 'enabled']).openapi({
      description:
        'none: not begun. restricted: nothing is paid yet. due: paid, and something is asked for by a day. enabled: paid.',
    }),
    canBePaid: z.boolean(),
    missing: z
      .array(z.object({ name: z.string(), words: z.string(), isLate: z.boolean() }))
      .openapi({ description: 'What Stripe still asks for, in words; `name` is Stripe’s own' }),
    why: z.string().nullable().openapi({ description: 'Why nothing is paid' }),
    isLost: z.boolean().openapi({
      description:
        'Stripe does not let the marketplace act for the account any more: a new one is begun in its place',
    }),
    former: z
      .array(
        z.object({
          stripe: z.string(),
          country: z.string(),
          begunAt: z.iso.datetime(),
          endedAt: z.iso.datetime(),
          transferred: z.array(Money).openapi({ description: 'To it, less what was taken back' }),
        }),
      )
      .openapi({ description: 'Accounts that were lost, the newest first' }),
    dueAt: z.iso.datetime().nullable(),
    country: z.string().nullable(),
    isLaunch: z.boolean(),
    launchUntil: z.iso.datetime().nullable(),
    sharePercent: z.int(),
    schedule: PayoutSchedule,
    nextTransferAt: z.iso.datetime().nullable(),
    threshold: z.array(Money).openapi({ description: 'What has to be there before it is transferred' }),
    payable: z.array(Money).openapi({
      description: 'Earned and not transferred yet; below 0 it is recovered from what comes next',
    }),
    waiting: z.array(z.object({ amount: Money, availableAt: z.iso.datetime() })).openapi({
      description: 'Of that, what Stripe does not let go yet, and when it does; the first twelve',
    }),
    now: z.iso.datetime().openapi({ description: 'Your own time: a test clock may have put it ahead' }),
    mayAdvanceClock: z.boolean(),
    mode: z.enum(['live', 'test', 'simulator', 'off']),
  })
  .openapi('ProviderAccount')
export type ProviderAccount = z.infer<typeof ProviderAccount>

export const Country = z
  .string()
  .regex(/^[A-Z]{2}$/, 'must be a country’s two capital letters (ISO 3166), such as US')
  .openapi({ description: 'Where the provider is at home; fixed once Stripe has the account' })

export const OnboardingRequest = z
  .object({
    country: Country.default('US'),
    returnTo: z
      .string()
      .max(500)
      .regex(/^\/(?![/\\])[^\\]*$/, 'must be a path of this site, such as /portal/provider/payouts')
      .default('/portal/provider/payouts'),
  })
  .openapi('OnboardingRequest')
export type OnboardingRequest = z.infer<typeof OnboardingRequest>

export const AccountReplacement = z
  .object({ country: Country.optional().openapi({ description: 'That of the lost account unless said' }) })
  .openapi('AccountReplacement')

export const OnboardingLink = z
  .object({ url: z.url(), expiresAt: z.iso.datetime() })
  .openapi('OnboardingLink')
export const AccountSession = z
  .object({ clientSecret: z.string(), publishableKey: z.string().nullable(), expiresAt: z.iso.datetime() })
  .openapi('AccountSession')

const Service = z.object({ id: idSchema(idPrefixes.service), name: z.string() })

const figures = {
  gross: Money,
  credit: Money,
  conversion: Money,
  platformFee: Money,
  processing: Money,
  share: Money,
  refunded: Money,
  net: Money,
}

export const EarningsLine = z
  .object({
    month: Month,
    service: Service,
    lines: z.int(),
    ...figures,
  })
  .openapi('EarningsLine', {
    description:
      'Of a service and month: gross is what its lines came to after discounts, and credit is what BizQ paid of that (plan credit, granted credit, first customers of a launch provider): operators paid the rest. share = gross − conversion − platformFee − processing; refunded is what refunds, disputes and months without a success took of the share; net = share − refunded.',
  })
export type EarningsLine = z.infer<typeof EarningsLine>

export const EarningsTotal = z.object(figures).openapi('EarningsTotal')
export type EarningsTotal = z.infer<typeof EarningsTotal>

export const Earnings = z
  .object({
    month: Month.nullable(),
    months: z.array(Month).openapi({ description: 'The months that something was earned for, newest first' }),
    totals: z.array(EarningsTotal).openapi({ description: 'By currency' }),
    items: z.array(EarningsLine),
  })
  .openapi('Earnings')
export type Earnings = z.infer<typeof Earnings>

export const EarningsQuery = z.object({
  month: Month.optional().openapi({ description: 'Without it the twelve newest months' }),
})

export const StatementBalance = z
  .object({
    opening: Money,
    earned: Money,
    refunded: Money,
    transferred: Money,
    returned: Money,
    closing: Money,
  })
  .openapi('StatementBalance', {
    description: 'opening + earned − refunded − transferred + returned = closing, in one currency.',
  })
export type StatementBalance = z.infer<typeof StatementBalance>

export const Statement = z
  .object({
    month: Month,
    isFinal: z.boolean().openapi({ description: 'The month is over' }),
    provider: z.string(),
    balances: z.array(StatementBalance),
    earned: z
      .array(EarningsLine)
      .openapi({ description: 'What was paid in this month, for whichever month it is' }),
    refunds: z.array(
      z.object({
        month: Month,
        service: Service,
        cause: z.enum(reversalCauses).openapi({
          description:
            'no-execution: nothing succeeded in its time, so that it is not charged. downtime: it was available for less than is promised. dispute: a bank took it. dispute-won: the bank gave it back.',
        }),
        amount: Money,
      }),
    ),
    transfers: z.array(
      z.object({
        id: idSchema(idPrefixes.transfer),
        at: z.iso.datetime(),
        amount: Money,
        account: z.string().openapi({ description: 'Your account with Stripe that it went to' }),
      }),
    ),
    reversals: z
      .array(
        z.object({
          id: idSchema(idPrefixes.transferReversal),
          transfer: idSchema(idPrefixes.transfer),
          at: z.iso.datetime(),
          amount: Money,
        }),
      )
      .openapi({ description: 'What was taken back from transfers; the sum of them is `returned`' }),
    mode: z.enum(['live', 'test', 'simulator', 'off']),
  })
  .openapi('ProviderStatement')
export type Statement = z.infer<typeof Statement>

export const Transfer = z
  .object({
    id: idSchema(idPrefixes.transfer),
    amount: Money,
    reversed: Money,
    state: z.enum(['planned', 'made', 'refused']),
    at: z.iso.datetime(),
    madeAt: z.iso.datetime().nullable(),
    failure: z.string().nullable(),
    stripe: z.string().nullable(),
    account: z.string().openapi({ description: 'Your account with Stripe that it goes to' }),
  })
  .openapi('Transfer')
export type Transfer = z.infer<typeof Transfer>

export const Payout = z
  .object({
    id: idSchema(idPrefixes.payout),
    amount: Money,
    state: z.enum(['pending', 'in_transit', 'paid', 'failed', 'canceled']),
    at: z.iso.datetime(),
    arrivesAt: z.iso.datetime(),
    failure: z.string().nullable(),
    stripe: z.string(),
  })
  .openapi('Payout')
export type Payout = z.infer<typeof Payout>

export const TransferFunds = z
  .object({
    items: z.array(
      z.object({
        currency: z.string(),
        due: Money,
        available: Money.or(z.null()),
        pending: Money.or(z.null()),
        missing: Money.or(z.null()),
        shortSince: z.iso.datetime().or(z.null()),
        waiting: z.array(
          z.object({
            provider: z.object({ id: idSchema(idPrefixes.organisation), name: z.string() }),
            amount: Money,
            since: z.iso.datetime(),
            nextAt: z.iso.datetime().openapi({ description: 'When Stripe is asked again' }),
          }),
        ),
      }),
    ),
    next: z.null(),
  })
  .openapi('TransferFunds', {
    description:
      'In each currency: due is to leave to providers now; available is what Stripe can transfer, pending what it does not let go yet (null where it does not say); missing = due − available where something is due and that is above 0; waiting is what Stripe refused for want of balance, the longest waiting first.',
  })
export type TransferFunds = z.infer<typeof TransferFunds>

export const ListQuery = PageQuery
export type ListQuery = z.infer<typeof ListQuery>

export const NewSchedule = z.object({ schedule: PayoutSchedule })

const daysSentence = 'A clock goes on by whole days, 1 to 400 at once.'
export const ProviderClockAdvance = z.object({
  days: z.int(daysSentence).min(1, daysSentence).max(400, daysSentence),
})

export const LaunchProvider = z
  .object({
    provider: z.object({ id: idSchema(idPrefixes.organisation), name: z.string() }),
    from: z.iso.datetime(),
    until: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    customers: z.int().openapi({ description: 'How many of the first hundred customers came so far' }),
  })
  .openapi('LaunchProvider')
export type LaunchProvider = z.infer<typeof LaunchProvider>

export const NewLaunchProvider = z
  .object({ provider: idSchema(idPrefixes.organisation) })
  .openapi('NewLaunchProvider')
