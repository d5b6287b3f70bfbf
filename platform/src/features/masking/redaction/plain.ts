import { unmask } from './fold.ts'

/** A stretch [start, end) of UTF-16 units. */
export interface Range {
  start: number
  end: number
}

/**
 * A text as detectors read it: compatibility forms, digits of all scripts, dashes and quotes made plain, invisible
 * characters left out, and one `barrier` for whatever is redacted already. Each unit knows where it came from.
 */
export interface Plain {
  text: string
  /** Same length as `text`: lower case, without accents, look-alike letters made Latin. */
  folded: string
  /** Where unit i begins in the original; one more entry than `text` has units. */
  starts: Int32Array
  /** Where unit i ends in the original. */
  ends: Int32Array
}

export const barrier = '\uE000'

const invisible = /\p{Default_Ignorable_Code_Point}/u
const mark = /\p{M}/u
const decimal = /\p{Nd}/u
const dashes = '‐‑‒–—―−⁃﹘﹣－⸺⸻'
const single = '’‘‛ʼʹ′`´＇'
const double = '“”„‟″«»＂'
const stops = '․。｡．'
const aliases = new Map<string, string>([
  ...Array.from(dashes).map((c): [string, string] => [c, '-']),
  ...Array.from(single).map((c): [string, string] => [c, "'"]),
  ...Array.from(double).map((c): [string, string] => [c, '"']),
  ...Array.from(stops).map((c): [string, string] => [c, '.']),
  ['\u2028', '\n'],
  ['\u2029', '\n'],
  ['∆', 'Δ'],
  ['⁄', '/'],
  ['∕', '/'],
])

/** Digits come in runs of ten by code point, so a digit's value is its distance from the run's first. */
function digitOf(codePoint: number): string {
  let zero = codePoint
  while (zero > 0 && codePoint - zero < 10 && decimal.test(String.fromCodePoint(zero - 1))) zero -= 1
  return String((codePoint - zero) % 10)
}

const digitCache = new Map<string, string>()

function plainCharacter(character: string): string {
  const cached = digitCache.get(character)
  if (cached !== undefined) return cached
  let out = aliases.get(character) ?? character.normalize('NFKC')
  if (out.length === 1) out = aliases.get(out) ?? out
  const codePoint = out.codePointAt(0) ?? 0
  if (codePoint > 0x7f && decimal.test(out)) out = digitOf(codePoint)
  if (out.length === 1 && out !== '\n' && /\s/.test(out)) out = ' '
  if (digitCache.size < 5000) digitCache.set(character, out)
  return out
}

interface Building {
  parts: string[]
  starts: number[]
  ends: number[]
}

const building = (): Building => ({ parts: [], starts: [], ends: [] })

function push(into: Building, out: string, start: number, end: number): void {
  into.parts.push(out)
  for (let i = 0; i < out.length; i += 1) {
    into.starts.push(start)
    into.ends.push(end)
  }
}

/** One user-perceived character at a time: a base with its combining marks is composed before it is compared. */
function pushPiece(into: Building, text: string, from: number, to: number): void {
  let i = from
  while (i < to) {
    const unit = text.charCodeAt(i)
    const next = i + 1 < to ? text.charCodeAt(i + 1) : 0
    if (unit < 0x80 && next < 0x300) {
      push(into, unit === 9 || unit === 11 || unit === 12 || unit === 13 ? ' ' : text.charAt(i), i, i + 1)
      i += 1
      continue
    }
    let end = i + (unit >= 0xd800 && unit < 0xdc00 && i + 1 < to ? 2 : 1)
    const base = text.slice(i, end)
    if (invisible.test(base)) {
      i = end
      continue
    }
    const alone = end
    // A cluster is bounded, so that a text of nothing but marks is read in linear time.
    while (end < to && end - i < 12 && mark.test(text.charAt(end))) end += 1
    const out =
      end === alone
        ? plainCharacter(base)
        : text
            .slice(i, end)
            .replace(/\p{DI}/gu, '')
            .normalize('NFKC')
    push(into, out, i, end)
    i = end
  }
}

// Letters that Unicode does not take apart though they are read as one with a stroke.
const strokes: Record<string, string> = { ø: 'o', ł: 'l', đ: 'd', ð: 'd', ħ: 'h', ı: 'i', ŧ: 't' }

const foldCache = new Map<string, string>()

/** Folds to the same length: a character whose folded form is not one unit stays as its lower case or as it is. */
function foldUnit(unit: string): string {
  const cached = foldCache.get(unit)
  if (cached !== undefined) return cached
  const bare = strokes[unit.toLowerCase()] ?? unit.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const lower = unit.toLowerCase()
  const out = bare.length === 1 ? bare : lower.length === 1 ? lower : unit
  if (foldCache.size < 5000) foldCache.set(unit, out)
  return out
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false
  return true
}

function fold(text: string): string {
  if (isAscii(text)) return text.toLowerCase()
  let out = ''
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charAt(i)
    out += unit < '\x80' ? unit.toLowerCase() : foldUnit(unit)
  }
  return out.replace(/[\p{L}\p{M}]+/gu, (word) => (/[a-z]/.test(word) ? unmask(word) : word))
}

/** `taken` must be in order and apart from each other; every stretch of it becomes one barrier. */
export function plainOf(text: string, taken: readonly Range[]): Plain {
  const into = building()
  let at = 0
  for (const range of taken) {
    pushPiece(into, text, at, range.start)
    push(into, barrier, range.start, range.end)
    at = range.end
  }
  pushPiece(into, text, at, text.length)
  const plain = into.parts.join('')
  return {
    text: plain,
    folded: fold(plain),
    starts: Int32Array.from([...into.starts, text.length]),
    ends: Int32Array.from(into.ends),
  }
}

const named: Record<string, string> = {
  commat: '@',
  period: '.',
  nbsp: ' ',
  amp: '&',
  lowbar: '_',
  hyphen: '-',
  dash: '-',
  plus: '+',
  colon: ':',
  sol: '/',
  num: '#',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  lpar: '(',
  rpar: ')',
  comma: ',',
  tab: ' ',
  newline: '\n',
}
const escapes =
  /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,7}));?|(?:(?:%(?:25){0,3}|\\x|=)[0-9a-fA-F]{2}){1,400}|\\u(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]{1,6})\})/g

export function hasEscapes(text: string): boolean {
  return /&#|&[a-zA-Z]{2,7};|%[0-9a-fA-F]{2}|\\[xu]|=[0-9a-fA-F]{2}/.test(text)
}

function decodeEscape(match: RegExpExecArray): string | undefined {
  const [whole, dec, hex, name, unicode = match[5]] = match
  const codePoint = dec
    ? Number(dec)
    : hex
      ? Number.parseInt(hex, 16)
      : unicode
        ? Number.parseInt(unicode, 16)
        : undefined
  if (codePoint !== undefined) return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : undefined
  if (name) return named[name.toLowerCase()]
  const bytes = Buffer.from(whole.replace(/%(?:25)*|\\x|=/g, ''), 'hex')
  const out = bytes.toString('utf8')
  return out.includes('\uFFFD') ? bytes.toString('latin1') : out
}

/** The same text with percent, entity, quoted-printable and backslash escapes read; undefined where nothing changes. */
export function unescapedOf(plain: Plain): Plain | undefined {
  const into = building()
  let at = 0
  let isChanged = false
  const copy = (to: number): void => {
    for (; at < to; at += 1) push(into, plain.text.charAt(at), plain.starts[at] ?? 0, plain.ends[at] ?? 0)
  }
  for (const match of plain.text.matchAll(escapes)) {
    const out = decodeEscape(match)
    if (out === undefined) continue
    copy(match.index)
    at += match[0].length
    isChanged = true
    for (const character of out) {
      push(into, plainCharacter(character), plain.starts[match.index] ?? 0, plain.ends[at - 1] ?? 0)
    }
  }
  if (!isChanged) return undefined
  copy(plain.text.length)
  const text = into.parts.join('')
  const last = plain.starts[plain.text.length] ?? 0
  return {
    text,
    folded: fold(text),
    starts: Int32Array.from([...into.starts, last]),
    ends: Int32Array.from(into.ends),
  }
}
