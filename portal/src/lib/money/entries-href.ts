import { resolve } from '$app/paths'
import type { LedgerAccount } from './words.ts'

/** Which postings are asked for; days as `2026-12-31`. */
export interface EntryFilters {
  /** Several: what they come to together. */
  account?: LedgerAccount | readonly LedgerAccount[]
  currency?: string
  party?: string | undefined
  kind?: string
  causeType?: string
  cause?: string
  from?: string
  until?: string
}

/** The page of the ledger that lists what makes a number. */
export function entriesHref(filters: EntryFilters = {}): string {
  const given = Object.entries(filters).filter(([, value]) => value)
  const texts = given.map(([name, value]) => [name, String(value)])
  const query = new URLSearchParams(texts).toString()
  return `${resolve('/admin/money/ledger/entries')}${query ? `?${query}` : ''}`
}
