import { detectAddress } from './detect-address.ts'
import { detectCard } from './detect-card.ts'
import { detectEmail } from './detect-email.ts'
import { detectEncoded } from './detect-encoded.ts'
import { detectIban } from './detect-iban.ts'
import { detectIdentifier } from './detect-identifier.ts'
import { detectNetwork } from './detect-network.ts'
import { detectPerson } from './detect-person.ts'
import { detectPhone } from './detect-phone.ts'
import { type Detector, type Found, isWordUnit } from './found.ts'
import type { KnownNames } from './known-names.ts'
import { type Plain, type Range, hasEscapes, plainOf, unescapedOf } from './plain.ts'
import type { RedactedKind, Segment } from './segment.ts'

export interface RedactOptions {
  /** ISO 3166 code of the business: whose phone numbers may stand without a word about them. */
  country?: string
}

const strong: readonly Detector[] = [detectEmail, detectCard, detectIban]
const findInside = (text: string): Found[] => strong.flatMap((detect) => detect(plainOf(text, []), undefined))
const detectors: readonly Detector[] = [
  ...strong,
  detectIdentifier,
  detectNetwork,
  detectPhone,
  detectAddress,
  detectEncoded(findInside),
]

// Which kind keeps a stretch that several claim; what another claims beyond it is taken out as well.
const precedence: readonly RedactedKind[] = [
  'email',
  'iban',
  'card',
  'national-id',
  'tax-number',
  'url',
  'ip',
  'birth-date',
  'account',
  'phone',
  'address',
  'person',
]
const rank = (found: Found, isKnown: boolean): number => precedence.indexOf(found.kind) - (isKnown ? 0.5 : 0)

const alreadyRedacted = new RegExp(
  `\\[(?:${precedence.join('|')})\\]|(?<![A-Za-z0-9])[a-z]{2,5}_[0-9a-f]{32}(?![A-Za-z0-9])`,
  'g',
)
const mostPasses = 4

function detect(plain: Plain, known: KnownNames, country: string | undefined): Array<[Found, boolean]> {
  const found: Array<[Found, boolean]> = detectors.flatMap((detector) =>
    detector(plain, country).map((each): [Found, boolean] => {
      const record =
        each.kind === 'email' ? known.findEmail(plain.folded.slice(each.start, each.end)) : undefined
      return [record ? { ...each, record } : each, false]
    }),
  )
  for (const each of [...known.findNames(plain), ...known.findPhones(plain)]) found.push([each, true])
  for (const each of detectPerson(plain, country)) found.push([each, false])
  return found.map(([each, isKnown]) => [inOriginal(plain, each), isKnown])
}

function inOriginal(plain: Plain, found: Found): Found {
  return { ...found, start: plain.starts[found.start] ?? 0, end: plain.ends[found.end - 1] ?? 0 }
}

/** The parts of `range` that none of `claimed` (in order) covers. */
function uncovered(range: Range, claimed: readonly Range[]): Range[] {
  const parts: Range[] = []
  let at = range.start
  for (const other of claimed) {
    if (other.end <= at) continue
    if (other.start >= range.end) break
    if (other.start > at) parts.push({ start: at, end: other.start })
    at = Math.max(at, other.end)
  }
  if (at < range.end) parts.push({ start: at, end: range.end })
  return parts
}

function trimmed(text: string, range: Range): Range {
  let { start, end } = range
  while (start < end && !isWordUnit(text.charAt(start)) && !/[\ud800-\udfff]/.test(text.charAt(start)))
    start += 1
  while (end > start && !isWordUnit(text.charAt(end - 1)) && !/[\ud800-\udfff]/.test(text.charAt(end - 1)))
    end -= 1
  return { start, end }
}

/** Found stretches cut so that none overlaps another or anything in `taken`; what is claimed at all stays claimed. */
function settle(text: string, found: ReadonlyArray<[Found, boolean]>, taken: readonly Found[]): Found[] {
  const byRank = Map.groupBy(found, ([each, isKnown]) => rank(each, isKnown))
  let claimed: Found[] = [...taken]
  for (const level of [...byRank.keys()].sort((a, b) => a - b)) {
    const each = (byRank.get(level) ?? [])
      .map(([one]) => one)
      .sort((a, b) => a.start - b.start || b.end - a.end)
    claimed = claimLevel(text, each, claimed)
  }
  return claimed
}

function claimLevel(text: string, found: readonly Found[], claimed: readonly Found[]): Found[] {
  const added: Found[] = []
  let at = 0
  let behind = 0
  for (const each of found) {
    const start = Math.max(each.start, at)
    while (behind < claimed.length && (claimed[behind]?.end ?? 0) <= start) behind += 1
    const near: Found[] = []
    for (let i = behind; i < claimed.length && (claimed[i]?.start ?? 0) < each.end; i += 1)
      near.push(claimed[i] as Found)
    if (start >= each.end) continue
    for (const part of uncovered({ start, end: each.end }, near)) {
      const isWhole = part.start === each.start && part.end === each.end
      const range = isWhole ? part : trimmed(text, part)
      if (range.end > range.start) added.push({ ...each, ...range })
    }
    at = Math.max(at, each.end)
  }
  return [...claimed, ...added].sort((a, b) => a.start - b.start)
}

function segmentOf(found: Found): Segment {
  return found.record ? { dataset: found.record.dataset, id: found.record.id } : { redacted: found.kind }
}

/** Where in the text personal data stands, in order and without overlap. Time grows with the length of the text. */
export function locate(text: string, known: KnownNames, options: RedactOptions = {}): Found[] {
  const kept = new Set<Found>()
  let taken: Found[] = []
  for (const match of text.matchAll(alreadyRedacted)) {
    const mark: Found = { kind: 'person', start: match.index, end: match.index + match[0].length }
    kept.add(mark)
    taken.push(mark)
  }
  for (let pass = 0; pass < mostPasses; pass += 1) {
    const plain = plainOf(text, taken)
    const unescaped = hasEscapes(plain.text) ? unescapedOf(plain) : undefined
    const found = [plain, ...(unescaped ? [unescaped] : [])].flatMap((each) =>
      detect(each, known, options.country),
    )
    const next = settle(text, found, taken)
    if (next.length === taken.length) break
    taken = next
  }
  return taken.filter((each) => !kept.has(each))
}

/**
 * A text cut into words that stay, kinds of personal data taken out, and records of the business that are named.
 * The segments cover the text in order; text segments hold the original letters. Reading what `assemble` made of it
 * takes out nothing more.
 */
export function redact(text: string, known: KnownNames, options: RedactOptions = {}): Segment[] {
  return segments(text, locate(text, known, options))
}

function segments(text: string, taken: readonly Found[]): Segment[] {
  const out: Segment[] = []
  let at = 0
  for (const each of taken) {
    if (each.start > at) out.push({ text: text.slice(at, each.start) })
    out.push(segmentOf(each))
    at = each.end
  }
  if (at < text.length) out.push({ text: text.slice(at) })
  return out
}
