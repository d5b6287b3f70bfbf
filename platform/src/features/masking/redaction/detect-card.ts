import { digitChains, digitsOf } from './digit-groups.ts'
import { type Detector, type Found, isWordUnit } from './found.ts'
import type { Range } from './plain.ts'

const shortest = 13
const longest = 19

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

// Issuer ranges with their lengths (ISO/IEC 7812): prefix, then lengths.
const issuers: ReadonlyArray<readonly [RegExp, readonly number[]]> = [
  [/^4/, [13, 16, 18, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^3(?:0[0-5]|095|[689])/, [14, 15, 16, 17, 18, 19]],
  [/^(?:2131|1800)/, [15]],
  [/^35(?:2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^6(?:011|22|4[4-9]|5)/, [16, 17, 18, 19]],
  [/^(?:5[06-9]|6)/, [13, 14, 15, 16, 17, 18, 19]],
  [/^62/, [16, 17, 18, 19]],
  [/^220[0-4]/, [16, 17, 18, 19]],
  [/^(?:8[12]|9792)/, [16, 17, 18, 19]],
  [/^1/, [15]],
]

function isIssued(digits: string): boolean {
  return issuers.some(([prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits))
}

const mentions =
  /card|karte|carte|kaart|tarjeta|cartao|carta\b|visa|mastercard|amex|maestro|kort|credit|debit|\bpan\b|\bcc\b/

function isSeparator(unit: string): boolean {
  return !isWordUnit(unit)
}

const canonicalGroups = /^(?:4,4,4,[1-4](?:,[1-3])?|4,6,[45]|4,3,3,3|1(?:,1)+|\d+)$/

/** Lists of quantities look like grouped digits too: across commas and lines only a card's own grouping counts. */
function isGroupedLikeCard(text: string, chain: readonly Range[], first: number, last: number): boolean {
  const groups = chain.slice(first, last + 1)
  if (canonicalGroups.test(groups.map((group) => group.end - group.start).join(','))) return true
  return !/[,;:|\n]/.test(text.slice(groups[0]?.start, groups.at(-1)?.end))
}

/** The longest window of whole groups, from `first` on, that is a card number. */
function lastGroup(
  text: string,
  chain: readonly Range[],
  first: number,
  isNamed: boolean,
): number | undefined {
  let count = 0
  let best: number | undefined
  for (let last = first; last < chain.length; last += 1) {
    const group = chain[last]
    count += group === undefined ? 0 : group.end - group.start
    if (count > longest) return best
    if (count < shortest) continue
    const digits = digitsOf(text, chain, first, last)
    if (!passesLuhn(digits) || /^0+$/.test(digits)) continue
    if (isNamed || (isIssued(digits) && isGroupedLikeCard(text, chain, first, last))) best = last
  }
  return best
}

/** Payment card numbers in any grouping: the check digit decides, with the issuer's range unless a card is spoken of. */
export const detectCard: Detector = ({ text, folded }) => {
  const found: Found[] = []
  for (const chain of digitChains(text, 3, isSeparator)) {
    const opening = chain[0]
    if (opening === undefined || (chain.at(-1)?.end ?? 0) - opening.start < shortest) continue
    for (let first = 0; first < chain.length; first += 1) {
      const start = chain[first]?.start ?? 0
      const isNamed = mentions.test(folded.slice(Math.max(0, start - 40), start))
      const last = lastGroup(text, chain, first, isNamed)
      if (last === undefined || (!isNamed && isWordUnit(text.charAt(start - 1)))) continue
      found.push({ kind: 'card', start, end: chain[last]?.end ?? start })
      first = last
    }
  }
  return found
}
