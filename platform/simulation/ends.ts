import type { Client } from 'pg'
import type { Deps } from '../src/deps.ts'

/**
 * All of the money by names that two runs share: operator, provider, service, business, period. One part for each kind
 * of fact; a fact by its name; amounts as text in minor units.
 */
export type End = Record<string, Record<string, Record<string, string>>>

/** Reads all of it as the superuser. Throws when two organisations of a kind, or two businesses of an operator, have one name. */
export declare function readEnd(admin: Client): Promise<End>

/** What differs, in words, at most `most`; nothing when both are equal to the cent. */
export declare function compareEnds(one: End, other: End, most?: number): string[]

/** What does not hold of the money, in words: every check of the ledger, object by object with Stripe, and that nothing is left half done. */
export declare function checkEnd(deps: Deps, admin: Client): Promise<string[]>
