import { Client } from 'pg'
import type { Deps } from '../src/deps.ts'
import { verifyMoney } from '../src/ledger-checks.ts'
import { facts, leftovers, namesakes } from './facts.ts'

/**
 * All of the money by names that two runs share: operator, provider, service, business, period; no id, and no moment that
 * a late event may move. One part for each kind of fact; a fact by its name; amounts as text in minor units.
 */
export type End = Record<string, Record<string, Fact>>
type Fact = Record<string, string | null>

export interface EndGround {
  deps: Deps
  /** The superuser's address of the database. */
  adminUrl: string
}

/** Reads all of it. Throws when two organisations of a kind or two businesses of an operator share a name: then no name says which. */
export function readEnd({ adminUrl }: Pick<EndGround, 'adminUrl'>): Promise<End> {
  return asAdmin(adminUrl, readFacts)
}

export async function readFacts(admin: Client): Promise<End> {
  const { rows: same } = await admin.query<{ name: string }>(namesakes)
  if (same.length > 0) throw new Error(`two have the name ${same.map(({ name }) => name).join(', ')}`)
  const end: End = {}
  for (const [part, query] of Object.entries(facts)) end[part] = byName((await admin.query<Fact>(query)).rows)
  return end
}

/** Facts by their names; where several have one, they are numbered in the order of what they say. */
export function byName(rows: readonly Fact[]): Record<string, Fact> {
  const sorted = rows
    .map(({ name, ...fact }) => ({ name: name ?? '', fact, text: JSON.stringify(fact) }))
    .toSorted((a, b) => compareText(a.name, b.name) || compareText(a.text, b.text))
  const found: Record<string, Fact> = {}
  let number = 1
  sorted.forEach(({ name, fact }, i) => {
    number = sorted[i - 1]?.name === name ? number + 1 : 1
    found[number === 1 ? name : `${name} (${number})`] = fact
  })
  return found
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const keysOf = (one: object, other: object): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].toSorted(compareText)

/** What differs, in words, at most so much; nothing when both are equal to the cent. */
export function compareEnds(one: End, other: End, most = 200): string[] {
  const found: string[] = []
  for (const part of keysOf(one, other))
    for (const name of keysOf(one[part] ?? {}, other[part] ?? {}))
      found.push(...compareFacts(`${part}: ${name}`, one[part]?.[name], other[part]?.[name]))
  return found.length > most
    ? [...found.slice(0, most), `and ${found.length - most} differences more`]
    : found
}

function compareFacts(name: string, one: Fact | undefined, other: Fact | undefined): string[] {
  if (!one || !other)
    return [`${name} is only in the ${one ? 'first' : 'second'}: ${JSON.stringify(one ?? other)}`]
  return keysOf(one, other)
    .filter((key) => one[key] !== other[key])
    .map((key) => `${name}: ${key} is ${one[key] ?? 'nothing'} and ${other[key] ?? 'nothing'}`)
}

/**
 * What does not hold of the money, in words: every check of the ledger (among them that what is owed to each provider
 * is the sum of its parts), every object beside Stripe's own, and that nothing is left half done.
 */
export async function checkEnd({ deps, adminUrl }: EndGround): Promise<string[]> {
  const { checks } = await verifyMoney(deps)
  const faults = checks.flatMap(({ name, faults: found }) => found.map((fault) => `${name}: ${fault}`))
  const left = await asAdmin(adminUrl, async (admin) => {
    const found: string[] = []
    for (const [what, query] of Object.entries(leftovers))
      for (const { name } of (await admin.query<{ name: string }>(query)).rows) found.push(`${what}: ${name}`)
    return found
  })
  return [...faults, ...left]
}

async function asAdmin<T>(adminUrl: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}
