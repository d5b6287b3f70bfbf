import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { datasetOf, type DatasetName } from './datasets/index.ts'
import type { Field, Mask } from './dataset.ts'
import type { GrantMasks } from './grant.ts'
import { looksLikeLegalEntity } from './legal-entity.ts'
import type { Money } from './money.ts'

/** The realm under which counterparties of bank rows have their key, and the prefix of their pseudonyms: they are no dataset. */
export const counterpartyRealm = 'counterparties'
export const counterpartyPrefix = 'cpy'
export type PseudonymRealm = DatasetName | typeof counterpartyRealm

/** The prefix of a realm's pseudonyms: `inv`, `cpy`. */
export function pseudonymPrefix(realm: PseudonymRealm): string {
  return realm === counterpartyRealm ? counterpartyPrefix : datasetOf(realm).prefix
}

/**
 * The AES-128 key of one dataset's pseudonyms: HKDF-SHA256 (RFC 5869) of the subscription's key, with
 * an empty salt and the info `bizq:pseudonym:<dataset>`, 16 bytes.
 */
export function pseudonymKey(subscriptionKey: Uint8Array, realm: PseudonymRealm): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', subscriptionKey, new Uint8Array(), `bizq:pseudonym:${realm}`, 16))
}

const derived = new WeakMap<Uint8Array, Map<PseudonymRealm, Uint8Array>>()

/** Deriving a key costs ten times what one pseudonym does. */
function keptKey(subscriptionKey: Uint8Array, realm: PseudonymRealm): Uint8Array {
  const known = derived.get(subscriptionKey) ?? new Map<PseudonymRealm, Uint8Array>()
  derived.set(subscriptionKey, known)
  const key = known.get(realm) ?? pseudonymKey(subscriptionKey, realm)
  known.set(realm, key)
  return key
}

function bytesOf(uuid: string): Buffer {
  const hex = uuid.replaceAll('-', '')
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new RangeError(`not a UUID: ${uuid}`)
  return Buffer.from(hex, 'hex')
}

/** A record's pseudonym: its prefix and its UUID's 16 bytes as one AES-ECB block without padding, in hex. */
export function pseudonymise(subscriptionKey: Uint8Array, realm: PseudonymRealm, uuid: string): string {
  const cipher = createCipheriv('aes-128-ecb', keptKey(subscriptionKey, realm), null).setAutoPadding(false)
  const block = Buffer.concat([cipher.update(bytesOf(uuid)), cipher.final()])
  return `${pseudonymPrefix(realm)}_${block.toString('hex')}`
}

/**
 * The UUID that a pseudonym stands for, whether or not there is such a record: the caller looks it up
 * among the rows of the execution's input. Undefined if it has not the form of one.
 */
export function resolvePseudonym(
  subscriptionKey: Uint8Array,
  realm: PseudonymRealm,
  pseudonym: string,
): string | undefined {
  const [prefix, hex, ...rest] = pseudonym.split('_')
  if (prefix !== pseudonymPrefix(realm) || rest.length > 0 || !/^[0-9a-f]{32}$/.test(hex ?? ''))
    return undefined
  const decipher = createDecipheriv('aes-128-ecb', keptKey(subscriptionKey, realm), null).setAutoPadding(
    false,
  )
  const uuid = Buffer.concat([decipher.update(Buffer.from(hex ?? '', 'hex')), decipher.final()]).toString(
    'hex',
  )
  return `${uuid.slice(0, 8)}-${uuid.slice(8, 12)}-${uuid.slice(12, 16)}-${uuid.slice(16, 20)}-${uuid.slice(20)}`
}

const fixedBits = 40n

function integerRoot(n: bigint): bigint {
  let x = 1n << (BigInt(n.toString(2).length + 1) / 2n)
  for (;;) {
    const next = (x + n / x) / 2n
    if (next >= x) return x
    x = next
  }
}

/** 2 to the power of `exponent` / 2^32, in integers alone so that every machine gives the same digits. */
function powerOfTwo(exponent: bigint): bigint {
  let result = 1n << fixedBits
  let root = 2n << fixedBits
  for (let bit = 31n; bit >= 0n; bit--) {
    root = integerRoot(root << fixedBits)
    if ((exponent >> bit) & 1n) result = (result * root) >> fixedBits
  }
  return result << (exponent >> 32n)
}

/**
 * The factor of a subscription's scaled money, in thousandths: an integer in [8000, 512000),
 * log-uniform, so that SQL's `numeric` and JavaScript's integers agree to the last digit. Drawn from
 * HKDF-SHA256 of the subscription's key, empty salt, info `bizq:scale`, 4 bytes.
 */
export function scaleFactor(subscriptionKey: Uint8Array): number {
  const drawn = Buffer.from(
    hkdfSync('sha256', subscriptionKey, new Uint8Array(), 'bizq:scale', 4),
  ).readUInt32BE()
  // 8 · 64^u with u = drawn / 2^32 is 2 to the power of 3 + 6u.
  const factor = powerOfTwo((3n << 32n) + 6n * BigInt(drawn))
  return Number((factor * 1000n) >> fixedBits)
}

const halfAwayFromZero = (numerator: bigint, denominator: bigint) => {
  const sign = numerator < 0n ? -1n : 1n
  return (sign * (2n * numerator * sign + denominator)) / (2n * denominator)
}

function safe(amount: bigint): number {
  if (amount > BigInt(Number.MAX_SAFE_INTEGER) || amount < -BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`${amount} minor units are more than JSON can hold exactly`)
  }
  return Number(amount)
}

/** round(x · f), half away from zero; `factor` in thousandths. Throws a RangeError beyond ±(2^53 − 1). */
export function scaleAmount(amount: number, factor: number): number {
  return safe(halfAwayFromZero(BigInt(amount) * BigInt(factor), 1000n))
}

/** round(y / f), half away from zero: gives back exactly every amount that `scaleAmount` delivered. */
export function unscaleAmount(amount: number, factor: number): number {
  return safe(halfAwayFromZero(BigInt(amount) * 1000n, BigInt(factor)))
}

export function scaleMoney({ amount, currency }: Money, factor: number): Money {
  return { amount: scaleAmount(amount, factor), currency }
}

export function unscaleMoney({ amount, currency }: Money, factor: number): Money {
  return { amount: unscaleAmount(amount, factor), currency }
}

/** A stretch of redacted text: words that stay, what was taken out, or a record of this business that was named. */
export type TextSegment =
  | { text: string }
  | { redacted: string }
  | { dataset: 'customers' | 'suppliers'; id: string }

/** A redacted text as a provider receives it: `[person]` for what was taken out, and pseudonyms. */
export function assembleText(segments: readonly TextSegment[], subscriptionKey: Uint8Array): string {
  return segments
    .map((segment) => {
      if ('text' in segment) return segment.text
      if ('redacted' in segment) return `[${segment.redacted}]`
      return pseudonymise(subscriptionKey, segment.dataset, segment.id)
    })
    .join('')
}

/** A day or an instant to the day: instants keep their form, at midnight UTC. */
export function coarse(value: string): string {
  return value.length === 10 ? value : `${new Date(value).toISOString().slice(0, 10)}T00:00:00.000Z`
}

export interface MaskingKeys {
  /** The subscription's own, 32 bytes. */
  key: Uint8Array
  /** Thousandths: see `scaleFactor`. */
  factor: number
}

/**
 * One value as the provider receives it. Ids are UUIDs, money is exact, instants are ISO 8601 in UTC,
 * and a text is its segments (null while it is not redacted yet).
 */
export function maskValue(
  dataset: DatasetName,
  field: Field,
  mask: Mask,
  value: unknown,
  { key, factor }: MaskingKeys,
): unknown {
  if (value === null || value === undefined) return null
  switch (mask) {
    case 'withheld':
      return null
    case 'pseudonym': {
      const realm =
        field.kind === 'counterparty'
          ? counterpartyRealm
          : field.kind === 'reference'
            ? field.dataset
            : dataset
      return pseudonymise(key, realm as PseudonymRealm, value as string)
    }
    case 'scaled':
      return scaleMoney(value as Money, factor)
    case 'coarse':
      return coarse(value as string)
    case 'redacted':
      return assembleText(value as readonly TextSegment[], key)
    case 'clear':
      if (field.kind === 'timestamp') return new Date(value as string).toISOString()
      return field.kind === 'legalName' && !looksLikeLegalEntity(value as string) ? null : value
  }
}

/** One record as the provider receives it: just the fields of `masks`, those withheld null. The pure reference of the platform's SQL. */
export function maskRow(
  dataset: DatasetName,
  row: Readonly<Record<string, unknown>>,
  masks: NonNullable<GrantMasks[DatasetName]>,
  keys: MaskingKeys,
): Record<string, unknown> {
  const { fields } = datasetOf(dataset)
  const masked: Record<string, unknown> = {}
  for (const [name, mask] of Object.entries(masks)) {
    const field = fields[name]
    if (!field) throw new RangeError(`${dataset} has no field ${name}`)
    masked[name] = maskValue(dataset, field, mask, row[name], keys)
  }
  return masked
}
