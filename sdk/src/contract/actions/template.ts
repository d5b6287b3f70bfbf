import { formatValue, valueAt } from './format.ts'
import type { AnyAction, Circumstances, LoadedRecords } from './define.ts'

export interface TemplateProblem {
  code:
    | 'unknown-placeholder'
    | 'unbalanced-brace'
    | 'digits-beside-currency'
    | 'not-plain-text'
    | 'foreign-link'
    | 'invisible-character'
  /** The part of the text that is meant. */
  found: string
  /** What is wrong and how to mend it. */
  detail: string
}

export interface TemplateRules {
  /** `record.field`, as the action type allows. */
  placeholders: readonly string[]
  /** Under scaled money a provider does not know amounts, so it may not write any. */
  money: 'exact' | 'scaled'
  /** The business's own domains, e.g. `acme.example`; their subdomains count as own. */
  domains: readonly string[]
}

const placeholder = /\{([^{}]*)\}/g
// A code counts in capitals only where it is also a word (ALL, TRY); the usual ones count however written.
const codes = Intl.supportedValuesOf('currency').join('|')
const words =
  'eur|usd|gbp|chf|jpy|aud|cad|sek|nok|dkk|pln|euros?|dollars?|pounds?|pence|cents?|francs?|yen|kr|zł|kč|bucks?|quid'
const anyCase = words.replaceAll(/\p{Ll}/gu, (letter) => `[${letter}${letter.toUpperCase()}]`)
const currencyWord = `(?:\\p{Sc}|(?<!\\p{L})(?:${codes}|${anyCase})(?!\\p{L}))`
const digits = "\\p{Nd}[\\p{Nd}.,’'\\u00a0\\u202f ]*"
const amount = new RegExp(
  `${currencyWord}\\s{0,3}[-−–]?\\s?${digits}|${digits}\\s{0,3}[-−–]?\\s?${currencyWord}`,
  'u',
)
const markup = /<\/?[a-z!][^>]*>?|\[[^\]]*\]\([^)]*\)|&(?:#\d+|#x[\da-f]+|[a-z]+);/iu
// Zero-width, bidirectional and other format characters, and controls but line feed and tab, can show one text and be another.
const invisible = /[\p{Cf}\p{Co}\p{Cs}]|[^\P{Cc}\n\t]/u
// U+0001 stands for a placeholder: one inside or beside a host name could make another host of it.
const label = '[\\p{L}\\p{N}\\u0001](?:[\\p{L}\\p{N}\\u0001-]*[\\p{L}\\p{N}\\u0001])?'
const linkLike = new RegExp(
  [
    '[a-z][a-z\\d+.-]*:\\/\\/[^\\s]+',
    '\\b(?:mailto|javascript|data|tel|sms|file|vbscript):[^\\s]*',
    '[^\\s@<>()]+@[^\\s<>()]+',
    `(?:${label}[.。．｡])+(?:[\\p{L}\\u0001]{2,}|\\u0001|xn--[a-z\\d-]+)(?::\\d+)?(?:[/?#][^\\s]*)?`,
    '\\b\\d{1,3}(?:\\.\\d{1,3}){3}(?:[:/][^\\s]*)?',
  ].join('|'),
  'giu',
)

function hostOf(link: string): string | null {
  if (/^https?:\/\//i.test(link)) {
    const url = URL.parse(link)
    return url && url.username === '' && url.password === '' ? url.hostname : null
  }
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(link)) return null
  const address = /^(?:mailto:)?([^\s@]+)@([^\s@?]+)/i.exec(link)
  if (address) return URL.parse(`http://${address[2] ?? ''}`)?.hostname ?? null
  if (/^(?:mailto|javascript|data|tel|sms|file|vbscript):/i.test(link)) return null
  return URL.parse(`http://${link}`)?.hostname ?? null
}

function isOwn(host: string | null, domains: readonly string[]): boolean {
  if (host === null) return false
  const name = host.toLowerCase().replace(/\.$/, '')
  return domains.some((own) => name === own.toLowerCase() || name.endsWith(`.${own.toLowerCase()}`))
}

/**
 * What is wrong with a text that a provider wrote for third parties; empty when nothing is. Allowed
 * are plain text, the placeholders of the records that it is about, and links (e-mail addresses and
 * bare host names count) to the business's own domains only.
 */
export function checkTemplate(text: string, rules: TemplateRules): TemplateProblem[] {
  const problems: TemplateProblem[] = []
  const allowed = rules.placeholders.map((name) => `{${name}}`).join(', ')
  for (const [whole, name] of text.matchAll(placeholder)) {
    if (rules.placeholders.includes(name ?? '')) continue
    problems.push({ code: 'unknown-placeholder', found: whole, detail: `use one of ${allowed}` })
  }
  const plain = text.replaceAll(placeholder, '\u0001')
  const brace = /[{}]/.exec(plain)
  if (brace)
    problems.push({
      code: 'unbalanced-brace',
      found: brace[0],
      detail: 'close the placeholder or leave the brace out',
    })
  const bare = plain.replaceAll('\u0001', '')
  const hidden = invisible.exec(bare)
  if (hidden) {
    const point = hidden[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
    problems.push({
      code: 'invisible-character',
      found: `U+${point}`,
      detail: 'leave invisible characters out',
    })
  }
  const tag = markup.exec(bare)
  if (tag)
    problems.push({ code: 'not-plain-text', found: tag[0], detail: 'write plain text, without markup' })
  // A placeholder beside digits or a host could complete an amount or a link once it is filled.
  const money = rules.money === 'scaled' ? amount.exec(plain.normalize('NFKC')) : null
  if (money) {
    const detail = 'amounts are scaled: name them with a placeholder such as {invoice.amountDue}'
    problems.push({ code: 'digits-beside-currency', found: money[0].trim(), detail })
  }
  for (const [link] of plain.normalize('NFKC').matchAll(linkLike)) {
    const trimmed = link.replace(/[.,;:!?)'"’”]+$/u, '')
    if (!trimmed.includes('\u0001') && isOwn(hostOf(trimmed), rules.domains)) continue
    const detail = `link only to the business’s own domains${rules.domains.length ? `: ${rules.domains.join(', ')}` : ''}`
    problems.push({ code: 'foreign-link', found: trimmed.replaceAll('\u0001', '{…}'), detail })
  }
  return problems
}

/** The path in an action's records that a placeholder's record name stands for: the last part of the path. */
function recordNamed(action: Pick<AnyAction, 'records'>, name: string): string | undefined {
  return Object.keys(action.records).find((path) => path === name || path.endsWith(`.${name}`))
}

/**
 * Fills a template with real values, formatted for the business. A placeholder without a value is
 * left as it stands, and `missing` names it: the precondition refuses then, so nobody ever receives
 * braces.
 */
export function fillTemplate(
  action: Pick<AnyAction, 'records'>,
  text: string,
  records: LoadedRecords,
  now: Circumstances,
): { text: string; missing: string[] } {
  const missing: string[] = []
  const filled = text.replaceAll(placeholder, (whole, name: string) => {
    if (name === 'business.name') return now.businessName
    const dot = name.indexOf('.')
    const path = recordNamed(action, name.slice(0, dot))
    const found = path && valueAt(action.records, records, `${path}.${name.slice(dot + 1)}`)
    const words = found ? formatValue(found, now.locale) : null
    if (words === null) missing.push(name)
    return words ?? whole
  })
  return { text: filled, missing }
}
