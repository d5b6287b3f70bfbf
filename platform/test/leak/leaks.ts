/** How a personal value was written where it was found. */
type LeakEncoding = 'plain' | 'hex' | 'base64' | 'url' | 'json'

/** A personal value that turned up where it must not. */
export interface Leak {
  value: string
  /** The very letters that were found. */
  form: string
  encoding: LeakEncoding
  /** Where it begins, in UTF-16 units of the text, or of the buffer read as text. */
  index: number
}

interface Form {
  text: string
  encoding: LeakEncoding
  isCaseSensitive: boolean
  /** The bytes that a base64 form must decode to, since a short one may also come about by chance. */
  bytes?: Buffer
}

const shortestToken = 4

/** The whole value, and each run of letters and digits in it that is four characters or longer. */
function partsOf(value: string): string[] {
  const tokens = value.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  const grouped = /\d[\d\s().+/-]{5,40}\d/.exec(value)?.[0] ?? ''
  const digits = /^\d+$/.test(grouped) ? '' : grouped.replace(/\D/g, '')
  const parts = [value.trim(), ...tokens, digits].filter((part) => Array.from(part).length >= shortestToken)
  // A value shorter than a token is still a value.
  return [...new Set(parts.length > 0 ? parts : [value.trim()].filter((part) => part !== ''))]
}

/** Without accents and other marks, and with compatible letters made plain. */
const folded = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '')

function casesOf(part: string): string[] {
  const normalized = [part, part.normalize('NFC'), part.normalize('NFD'), folded(part)]
  return [...new Set(normalized.flatMap((each) => [each, each.toLowerCase(), each.toUpperCase()]))]
}

/** Base64 of the bytes wherever they stand in a longer run: without the characters that neighbours take part in. */
function base64Cores(bytes: Buffer): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const end = Math.floor(((shift + bytes.length) * 8) / 6)
    return encoded.slice(Math.ceil((shift * 8) / 6), end)
  })
}

const percentAll = (bytes: Buffer): string => bytes.toString('hex').replace(/../g, '%$&')
const jsonEscaped = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

function wellFormed(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed()
}

function formsOf(value: string): Form[] {
  const forms = new Map<string, Form>()
  const add = (text: string, encoding: LeakEncoding, bytes?: Buffer): void => {
    const isCaseSensitive = encoding === 'base64'
    const key = isCaseSensitive ? `=${text}` : text.toLowerCase()
    if (text !== '' && !forms.has(key))
      forms.set(key, { text, encoding, isCaseSensitive, ...(bytes ? { bytes } : {}) })
  }
  for (const part of partsOf(wellFormed(value))) {
    for (const each of casesOf(part)) add(each, 'plain')
    for (const each of casesOf(part)) {
      const bytes = Buffer.from(each, 'utf8')
      add(jsonEscaped(each), 'json')
      add(encodeURIComponent(each), 'url')
      add(encodeURIComponent(each).replaceAll('%20', '+'), 'url')
      add(percentAll(bytes), 'url')
      add(bytes.toString('hex'), 'hex')
      for (const core of base64Cores(bytes)) {
        add(core, 'base64', bytes)
        add(core.replaceAll('+', '-').replaceAll('/', '_'), 'base64', bytes)
      }
    }
  }
  return [...forms.values()]
}

/**
 * What to look for to find `value` anywhere: the whole and each token of four or more characters (its digits without
 * separators as well), each as it is, case-folded, without accents, as hex, as base64 at all three alignments, URL-encoded and escaped
 * as in JSON. All but the base64 forms are meant to be compared without regard to case; `findLeaks` does so.
 */
export function leakForms(value: string): string[] {
  return [...new Set(formsOf(value).map((form) => form.text))]
}

/** Lower case of the same length, so that indexes stay those of the text. */
function lowerSameLength(text: string): string {
  const lower = text.toLowerCase()
  if (lower.length === text.length) return lower
  return Array.from({ length: text.length }, (_, i) => {
    const unit = text.charAt(i).toLowerCase()
    return unit.length === 1 ? unit : text.charAt(i)
  }).join('')
}

interface Needle extends Form {
  value: string
  /** The form as it is compared. */
  sought: string
}

interface Index {
  /** Bit set of the hashes of the first characters of all needles: most places are passed by at a glance. */
  first: Uint8Array
  byPrefix: Map<string, Needle[]>
  shortest: number
}

const hashBits = 22
const prefixLengths = [8, 5, 4, 3, 2, 1]

function hashAt(text: string, at: number, length: number): number {
  let hash = 0
  for (let i = 0; i < length; i += 1) hash = Math.imul(hash, 0x01000193) ^ text.charCodeAt(at + i)
  return (Math.imul(hash, 0x9e3779b1) >>> (32 - hashBits)) & ((1 << hashBits) - 1)
}

function prefixLength(length: number): number {
  return prefixLengths.find((each) => each <= length) ?? 1
}

function indexOf(values: readonly string[]): Index {
  const index: Index = { first: new Uint8Array(1 << hashBits), byPrefix: new Map(), shortest: shortestToken }
  const needles = values.flatMap((value) =>
    formsOf(value).map((form): Needle => ({ ...form, value, sought: lowerSameLength(form.text) })),
  )
  for (const needle of needles) index.shortest = Math.min(index.shortest, needle.sought.length)
  for (const needle of needles) {
    index.first[hashAt(needle.sought, 0, index.shortest)] = 1
    const prefix = needle.sought.slice(0, prefixLength(needle.sought.length))
    const sharing = index.byPrefix.get(prefix)
    if (sharing) sharing.push(needle)
    else index.byPrefix.set(prefix, [needle])
  }
  return index
}

const base64Unit = /[A-Za-z0-9+/_-]/

/** Whether the base64 run around the place holds the bytes, told by decoding it. */
function decodesTo(text: string, at: number, form: Form): boolean {
  if (!form.bytes) return true
  const reach = form.text.length + 8
  let start = at
  while (start > 0 && at - start < 4 && base64Unit.test(text.charAt(start - 1))) start -= 1
  const run = text.slice(start, at + reach)
  // The run's own beginning is unknown, so the four ways of cutting it into groups are tried.
  return [0, 1, 2, 3].some((skip) => Buffer.from(run.slice(skip), 'base64').includes(form.bytes ?? ''))
}

const opaqueUnit = /[A-Za-z0-9+/]/

/**
 * Four letters turn up in any megabyte of digests and signatures. A short word inside a run that is nothing but hex
 * digits, or that mixes cases and digits as base64 does, is chance and no leak.
 */
function isChance(text: string, at: number, needle: Needle): boolean {
  if (needle.encoding !== 'plain' || needle.sought.length > 6 || !/^[a-z0-9]+$/.test(needle.sought))
    return false
  let start = at
  let end = at + needle.sought.length
  while (start > 0 && at - start < 40 && opaqueUnit.test(text.charAt(start - 1))) start -= 1
  while (end - at < 46 && opaqueUnit.test(text.charAt(end))) end += 1
  const around = text.slice(start, at) + text.slice(at + needle.sought.length, end)
  if (around.length < 12) return false
  const isHex = /^[0-9a-f]+$/i.test(around) && /[a-f]/i.test(around) && /\d/.test(around)
  return isHex || (/\d/.test(around) && /[a-z][A-Z0-9]/.test(around) && /[A-Z][a-z0-9]/.test(around))
}

function search(text: string, index: Index): Leak[] {
  const lower = lowerSameLength(text)
  const leaks: Leak[] = []
  for (let at = 0; at + index.shortest <= lower.length; at += 1) {
    if (index.first[hashAt(lower, at, index.shortest)] === 0) continue
    for (const length of prefixLengths) {
      if (at + length > lower.length) continue
      for (const needle of index.byPrefix.get(lower.slice(at, at + length)) ?? []) {
        if (!lower.startsWith(needle.sought, at)) continue
        if (needle.isCaseSensitive && (!text.startsWith(needle.text, at) || !decodesTo(text, at, needle)))
          continue
        if (isChance(text, at, needle)) continue
        const form = text.slice(at, at + needle.sought.length)
        leaks.push({ value: needle.value, form, encoding: needle.encoding, index: at })
      }
    }
  }
  return leaks
}

/** The text with the gaps within numbers closed, and where each of its units stood. */
function closeGaps(text: string): { text: string; at: number[] } | undefined {
  const gap = /(?<=\d)[ .-](?=\d)|(?<=[A-Za-z]{2}\d{2}) (?=[A-Za-z])|(?<=[A-Za-z]{4}) (?=\d)/g
  const gaps = Array.from(text.matchAll(gap), ({ index }) => index)
  if (gaps.length === 0) return undefined
  const isGap = new Set(gaps)
  const at = Array.from({ length: text.length }, (_, i) => i).filter((i) => !isGap.has(i))
  return { text: at.map((i) => text.charAt(i)).join(''), at }
}

/** Numbers in groups are the same as without: of a phone, a card or an account. */
function searchNumbers(text: string, index: Index): Leak[] {
  const closed = closeGaps(text)
  if (!closed) return []
  return search(closed.text, index)
    .filter(({ form, encoding }) => encoding === 'plain' && form.replace(/\D/g, '').length >= 6)
    .map((leak) => ({ ...leak, index: closed.at[leak.index] ?? 0 }))
}

/** Looks for the same values in many texts. */
export function leakFinder(values: readonly string[]): (haystack: string | Buffer) => Leak[] {
  const index = indexOf([...new Set(values)])
  const searchAll = (text: string) => {
    const leaks = search(text, index)
    const known = new Set(leaks.map((leak) => `${leak.index} ${leak.value}`))
    return [
      ...leaks,
      ...searchNumbers(text, index).filter((leak) => !known.has(`${leak.index} ${leak.value}`)),
    ]
  }
  return (haystack) => {
    if (index.byPrefix.size === 0) return []
    if (typeof haystack === 'string') return searchAll(haystack)
    const leaks = searchAll(haystack.toString('utf8'))
    if (!haystack.includes(0)) return leaks
    return [
      ...leaks,
      ...searchAll(haystack.toString('utf16le')),
      ...searchAll(haystack.subarray(1).toString('utf16le')),
    ]
  }
}

/**
 * Every place where one of `values`, or a token of it, stands in the haystack in one of its `leakForms`; numbers also
 * where they stand in groups. A buffer is read as UTF-8, and as UTF-16 too where it holds zero bytes. Compressed or
 * encrypted bytes must be opened by the caller, and words of up to six letters count only outside digests and
 * signatures. Time grows with the haystack and with the number of values, not with their product.
 */
export function findLeaks(haystack: string | Buffer, values: readonly string[]): Leak[] {
  return leakFinder(values)(haystack)
}
