import type { Money } from '@bizq/sdk/contract'
import type { FieldValue, ParsedItem, ParsedRecord, Reference } from '../parsed-item.ts'
import { completeRecord } from '../records/complete.ts'
import { identify, refer } from '../records/identity.ts'
import { missingField } from '../records/pending.ts'

export interface StatementAccount {
  line: number
  name?: string | undefined
  kind?: 'bank' | 'card' | 'savings' | 'loan' | 'other' | undefined
  iban?: string | undefined
  number?: string | undefined
  currency: string
  balance?: Money | undefined
  balanceAt?: string | undefined
}

interface StatementEntry {
  line: number
  /** The bank's own id of the row. Banks use some again, so day and amount are part of the key. */
  id?: string | undefined
  bookedAt: string
  valueAt?: string | undefined
  amount: Money
  counterpartyText?: string | undefined
  counterpartyIban?: string | undefined
  description?: string | undefined
  reference?: string | undefined
}

const ibanPattern = /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/

/** An account's number is its IBAN where it has the form of one. */
export function accountNumber(text: string): { iban?: string; number?: string } {
  const code = text.replace(/\s/g, '').toUpperCase()
  return ibanPattern.test(code) ? { iban: code } : { number: text.trim() }
}

/** The account of a statement as a reference for its entries, and as a record. */
export function openAccount(
  account: StatementAccount,
  origin: string,
): { reference: Reference; item: ParsedRecord } | undefined {
  const { line, balance, balanceAt, ...rest } = account
  const fields: Record<string, FieldValue> = withoutBlanks(rest)
  if (balance && balanceAt) Object.assign(fields, { balance, balanceAt })
  const { assumed } = completeRecord('accounts', fields, {}, account.currency)
  const reference = refer({ dataset: 'accounts', fields, references: {}, origin })
  if (!reference) return undefined
  const { key, aliases } = reference
  const item: ParsedRecord = {
    kind: 'record',
    line,
    dataset: 'accounts',
    key,
    aliases,
    fields,
    references: {},
    assumed,
  }
  return { reference, item: balanceAt && balance ? { ...item, asOf: balanceAt } : item }
}

/** One row of a statement as a transaction. */
export function transactionItem(entry: StatementEntry, account: Reference, origin: string): ParsedItem {
  const { line, id, ...rest } = entry
  const fields: Record<string, FieldValue> = withoutBlanks(rest)
  const references = { account }
  const { missing } = completeRecord('transactions', fields, references, entry.amount.currency)
  if (missing.length) return missingField(line, missing)
  const unique = id && `${id}|${entry.bookedAt}|${entry.amount.amount}`
  const identity = identify({ dataset: 'transactions', fields, references, id: unique, origin })
  if (!identity) return missingField(line, ['bookedAt'])
  return {
    kind: 'record',
    line,
    dataset: 'transactions',
    ...identity,
    fields,
    references,
    asOf: entry.bookedAt,
  }
}

function withoutBlanks(values: Record<string, FieldValue | undefined>): Record<string, FieldValue> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(entries) as Record<string, FieldValue>
}
