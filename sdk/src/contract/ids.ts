import { z } from 'zod'

/**
 * Ids on the wire are TypeIDs (https://github.com/jetify-com/typeid): a prefix that says what it
 * is, an underscore, and a UUID in 26 characters of Crockford's base 32.
 */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const suffixPattern = '[0-7][0-9a-hjkmnp-tv-z]{25}'

/** What each prefix stands for. Datasets bring their own prefixes (`inv`, `bil`, …). */
export const idPrefixes = {
  organisation: 'org',
  user: 'usr',
  member: 'mem',
  invitation: 'ivt',
  token: 'tok',
  client: 'cli',
  consent: 'con',
  business: 'bus',
  import: 'imp',
  service: 'svc',
  serviceInvitation: 'siv',
  release: 'rel',
  grant: 'gra',
  preview: 'prv',
  subscription: 'sub',
  execution: 'exe',
  run: 'run',
  subscriber: 'sbr',
  action: 'act',
  decision: 'dec',
  certifierDecision: 'cdc',
  effect: 'eff',
  carryOver: 'car',
  policy: 'pol',
  endpoint: 'whe',
  delivery: 'msg',
  mail: 'eml',
  event: 'evt',
  review: 'rev',
  report: 'rpt',
  thread: 'thr',
  message: 'wrd',
  image: 'img',
  monthlyReport: 'mrp',
  dispute: 'dsp',
  platformAct: 'pac',
  platformNotice: 'ntc',
  featured: 'fea',
  ledgerEntry: 'len',
  payoutAccount: 'pya',
  earning: 'ern',
  earningReversal: 'erv',
  transfer: 'trf',
  transferReversal: 'trr',
  payout: 'pyo',
  invoice: 'ivc',
  invoiceLine: 'inl',
  coupon: 'cpn',
  bundle: 'bdl',
  refund: 'rfd',
  cardDispute: 'cdp',
} as const
export type IdNoun = keyof typeof idPrefixes

/** Writes a UUID (with or without hyphens) as a TypeID, e.g. `bus_01h455vb4pex5vsknk084sn02q`. Throws a RangeError if it is not a UUID. */
export function encodeId(prefix: string, uuid: string): string {
  const hex = uuid.replaceAll('-', '')
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new RangeError(`not a UUID: ${uuid}`)
  let value = BigInt(`0x${hex}`)
  let suffix = ''
  for (let i = 0; i < 26; i++) {
    suffix = alphabet[Number(value & 31n)] + suffix
    value >>= 5n
  }
  return `${prefix}_${suffix}`
}

/** Reads a TypeID back to its UUID with hyphens. Throws a RangeError if the prefix or the suffix is not right. */
export function decodeId(prefix: string, id: string): string {
  const suffix = id.slice(prefix.length + 1)
  if (!id.startsWith(`${prefix}_`) || !new RegExp(`^${suffixPattern}$`).test(suffix)) {
    throw new RangeError(`not an id of the form ${prefix}_…: ${id}`)
  }
  let value = 0n
  for (const letter of suffix) value = (value << 5n) | BigInt(alphabet.indexOf(letter))
  const hex = value.toString(16).padStart(32, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The schema of an id with this prefix, as it stands on the wire. */
export function idSchema(prefix: string) {
  return z.string().regex(new RegExp(`^${prefix}_${suffixPattern}$`), `must be an id of the form ${prefix}_…`)
}

/** A pseudonym: the prefix of its dataset and 32 hex digits (one AES block over the record's UUID). */
export function pseudonymSchema(prefix: string) {
  return z
    .string()
    .regex(
      new RegExp(`^${prefix}_[0-9a-f]{32}$`),
      `must be a pseudonym of the form ${prefix}_… as it stood in the input`,
    )
}
