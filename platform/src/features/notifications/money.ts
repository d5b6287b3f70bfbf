import { randomUUID } from 'node:crypto'
import type { Money } from '@bizq/sdk/contract'
import type { DomainEvent, DomainEvents, EventType, UnitOfWork } from '../../db/unit-of-work.ts'
import { enqueue } from '../../jobs/define.ts'
import { letterOf, ownPresent, tellJob } from '../billing/index.ts'
import { providerPresent } from '../payouts/index.ts'
import { findLastMoneyWord, insertMoneyNotice } from './money-store.ts'

export const moneyWords = [
  'trial-ending',
  'payment-failed',
  'payment-given-up',
  'paused',
  'resumed',
  'plan-changed',
  'cap-near',
  'cap-reached',
  'refunded',
  'refund-failed',
  'credit-back',
  'bank-took',
  'bank-returned',
  'invoice-paid',
  'transferred',
  'transfer-refused',
  'transfer-reversed',
  'transfers-short',
  'transfers-enough',
  'paid-out',
  'payout-failed',
  'account',
] as const
export type MoneyWord = (typeof moneyWords)[number]

export interface MoneyFacts {
  /** The invoice, subscription, transfer or payout that it is about. */
  about: string | null
  amount: Money | null
  /** When a trial ends, or when it is tried again. */
  until: string | null
  /** Stripe's own reason, a plan, or a state. */
  words: string | null
}

interface Said extends Partial<MoneyFacts> {
  what: MoneyWord
  /** Of one subject the newest stands. */
  subject: string
  /** Told once for this; without it each time. */
  once?: string
}

type Saying = { [T in EventType]?: (payload: DomainEvents[T]) => Said | undefined }

const sayings: Saying = {
  'trial.ending': ({ endsAt, plan }) => ({
    what: 'trial-ending',
    subject: 'account',
    once: 'trial',
    until: endsAt,
    words: plan,
  }),
  'invoice.failed': ({ invoice, attempt, next, reason }) => ({
    what: next === null ? 'payment-given-up' : 'payment-failed',
    subject: invoice,
    once: `${invoice} ${attempt}`,
    about: invoice,
    until: next,
    words: reason,
  }),
  'invoice.paid': ({ invoice }) => ({
    what: 'invoice-paid',
    subject: invoice,
    once: `${invoice} paid`,
    about: invoice,
  }),
  'billing.paused': ({ because }) => ({ what: 'paused', subject: 'account', words: because }),
  'billing.resumed': () => ({ what: 'resumed', subject: 'account' }),
  'plan.changed': ({ plan }) => ({ what: 'plan-changed', subject: 'plan', words: plan }),
  'usage.near-cap': ({ subscription, spent }) => ({
    what: 'cap-near',
    subject: `cap ${subscription}`,
    about: subscription,
    amount: spent,
  }),
  'usage.capped': ({ subscription }) => ({
    what: 'cap-reached',
    subject: `cap ${subscription}`,
    about: subscription,
  }),
  'refund.made': sayOfRefund,
  'refund.failed': ({ refund, invoice }) => ({
    what: 'refund-failed',
    subject: refund,
    once: `${refund} failed`,
    about: invoice,
  }),
  'transfer.made': ({ transfer, amount }) => ({
    what: 'transferred',
    subject: transfer,
    once: transfer,
    about: transfer,
    amount,
  }),
  'transfer.refused': ({ transfer, amount, reason, next }) => ({
    what: 'transfer-refused',
    // Tried again each day: one stands.
    subject: 'transfer refused',
    once: transfer,
    about: transfer,
    amount,
    until: next,
    words: reason,
  }),
  'transfers.short': ({ currency, amount }) => ({
    what: 'transfers-short',
    subject: `balance ${currency}`,
    amount,
    words: currency,
  }),
  'transfers.enough': ({ currency }) => ({
    what: 'transfers-enough',
    subject: `balance ${currency}`,
    words: currency,
  }),
  'transfer.reversed': ({ reversal, transfer, amount }) => ({
    what: 'transfer-reversed',
    subject: reversal,
    once: reversal,
    about: transfer,
    amount,
  }),
  'payout.paid': ({ payout, amount }) => ({
    what: 'paid-out',
    subject: payout,
    once: `${payout} paid`,
    about: payout,
    amount,
  }),
  'payout.failed': ({ payout, amount, reason }) => ({
    what: 'payout-failed',
    subject: payout,
    once: `${payout} failed`,
    about: payout,
    amount,
    words: reason,
  }),
  'account.changed': ({ state }) => ({ what: 'account', subject: 'account', words: state }),
}

/** Of an invoice and a cause one sum, however many lines it is of; nothing where nothing came. */
function sayOfRefund(made: DomainEvents['refund.made']): Said | undefined {
  const { refund, invoice, cause, amount, credit, until, currency } = made
  const said = (what: MoneyWord, subject: string, sum: number): Said => ({
    what,
    subject: `${subject} ${invoice}`,
    once: refund,
    about: invoice,
    amount: { amount: sum, currency },
    words: cause,
  })
  if (cause === 'dispute') return said('bank-took', 'bank', amount)
  if (cause === 'dispute_won') return said('bank-returned', 'bank', -amount)
  if (amount > 0) return said('refunded', cause, amount)
  return credit > 0 ? { ...said('credit-back', `credit ${cause}`, credit), until } : undefined
}

/** Keeps what is to be told of an organisation's money, and has its owners written to where it cannot wait: each once, in the same commit. */
export const tellOfMoney = {
  all: async (unit: UnitOfWork, events: readonly DomainEvent[]): Promise<void> => {
    for (const event of events) {
      const said = sayingOf(event)
      if (said) await tell(unit, event, said)
    }
  },
}

function sayingOf({ type, payload }: DomainEvent): Said | undefined {
  const saying = sayings[type] as ((payload: unknown) => Said | undefined) | undefined
  return saying?.(payload)
}

/** What becomes of an account's money is told in the account's own time, beside its invoices and transfers. */
export function presentOf(unit: UnitOfWork): Promise<Date> {
  const kind = unit.actor.organisationKind
  if (kind === 'operator') return ownPresent(unit)
  return kind === 'provider' ? providerPresent(unit) : Promise.resolve(unit.clock())
}

async function tell(unit: UnitOfWork, event: DomainEvent, said: Said): Promise<void> {
  const { what, subject, once, about = null, amount = null, until = null, words = null } = said
  // A cap or a business that is served again is no account that goes on.
  if (what === 'resumed' && (await findLastMoneyWord(unit.tx, subject)) !== 'paused') return
  const isNew = await insertMoneyNotice(unit.tx, {
    organisation_id: unit.actor.organisation,
    cause: `${what} ${once ?? randomUUID()}`,
    subject,
    what,
    facts: { about, amount, until, words },
    at: await presentOf(unit),
  })
  if (isNew && letterOf(event, ''))
    await enqueue(unit, tellJob, { organisation: unit.actor.organisation, event, id: randomUUID() })
}
