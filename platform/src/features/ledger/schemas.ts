import { CurrencyCode, idPrefixes, idSchema, Money } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../http/pagination.ts'
import { ledgerAccounts } from './accounts.ts'

export const LedgerEntryId = idSchema(idPrefixes.ledgerEntry)
export const LedgerAccountName = z.enum(ledgerAccounts).openapi('LedgerAccountName')

const Party = z
  .object({ id: idSchema(idPrefixes.organisation), name: z.string() })
  .openapi('LedgerParty', { description: 'Of accounts that are kept for each organisation' })

export const LedgerCause = z
  .object({
    type: z.string().regex(/^[a-z_]{1,40}$/),
    id: z.string().min(1).max(200),
  })
  .openapi('LedgerCause', {
    description: 'What was booked: a row of ours, or an object of Stripe, by its id',
  })

export const LedgerCauseTold = LedgerCause.extend({
  about: z
    .object({
      number: z.string().or(z.null()).openapi({ description: 'Of its invoice' }),
      words: z
        .string()
        .or(z.null())
        .openapi({ description: 'What the line is for, or the service and month' }),
      operator: Party.or(z.null()),
      provider: Party.or(z.null()),
    })
    .or(z.null())
    .openapi({ description: 'What a person knows it by; none of an object of Stripe' }),
}).openapi('LedgerCauseTold')
export type LedgerCauseTold = z.infer<typeof LedgerCauseTold>

export const LedgerBalance = z
  .object({
    account: LedgerAccountName,
    party: Party.or(z.null()),
    parties: z.int().openapi({ description: 'How many organisations the account is kept for, in this line' }),
    debit: Money,
    credit: Money,
    balance: Money,
  })
  .openapi('LedgerBalance', { description: 'The balance is debits less credits.' })
export type LedgerBalance = z.infer<typeof LedgerBalance>

export const LedgerPosting = z
  .object({
    account: LedgerAccountName,
    party: Party.or(z.null()),
    amount: Money,
  })
  .openapi('LedgerPosting', { description: 'Above 0 is a debit, below 0 a credit.' })

export const LedgerEntry = z
  .object({
    id: LedgerEntryId,
    kind: z.string(),
    cause: LedgerCauseTold,
    at: z.iso.datetime(),
    postedAt: z.iso.datetime(),
    memo: z.string(),
    postings: z.array(LedgerPosting),
  })
  .openapi('LedgerEntry')
export type LedgerEntry = z.infer<typeof LedgerEntry>

export const LedgerTrace = z
  .object({
    cause: LedgerCauseTold,
    entries: z.array(LedgerEntry),
    from: z.array(LedgerCauseTold).openapi({ description: 'What it follows from' }),
    to: z.array(LedgerCauseTold).openapi({ description: 'What followed from it' }),
  })
  .openapi('LedgerTrace')
export type LedgerTrace = z.infer<typeof LedgerTrace>

export const BalanceQuery = PageQuery.extend({
  account: LedgerAccountName.optional().openapi({
    description: 'One account, for each organisation it is kept for; without it each account as a whole.',
  }),
  party: idSchema(idPrefixes.organisation).optional(),
  currency: CurrencyCode.optional(),
})
export type BalanceQuery = z.infer<typeof BalanceQuery>

const EntryFilter = z.object({
  account: LedgerAccountName.optional(),
  accounts: z
    .string()
    .transform((names) => names.split(','))
    .pipe(z.array(LedgerAccountName).min(1).max(ledgerAccounts.length))
    .optional()
    .openapi({
      type: 'string',
      description: 'Several, with commas between: what they come to together is the figure',
      example: 'platform_revenue,conversion_revenue',
    }),
  party: idSchema(idPrefixes.organisation).optional(),
  currency: CurrencyCode.optional(),
  kind: z.string().max(60).optional(),
  causeType: z
    .string()
    .regex(/^[a-z_]{1,40}$/, 'must be a type such as invoice_line')
    .optional(),
  cause: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .openapi({ description: 'By its id: what was booked for it, and for what follows from it' }),
  from: z.iso.datetime().optional(),
  until: z.iso.datetime().optional().openapi({ description: 'Before this instant' }),
})

export const EntryQuery = PageQuery.extend(EntryFilter.shape)
export type EntryQuery = z.infer<typeof EntryQuery>

export const TotalQuery = EntryFilter
export type TotalQuery = z.infer<typeof TotalQuery>

export const LedgerTotal = z
  .object({ account: LedgerAccountName, debit: Money, credit: Money, balance: Money })
  .openapi('LedgerTotal', { description: 'Of the postings that match: the balance is debits less credits.' })
export type LedgerTotal = z.infer<typeof LedgerTotal>
