import { type Detector, type Found, isWordUnit } from './found.ts'
import type { Plain } from './plain.ts'

const longestLocal = 320
const longestDomain = 260
const localPunctuation = "._%+-'!#$*^{}~"
const letters = /^\p{L}[\p{L}\p{M}]*$/u

// Top-level domains that are believed even when blanks stand around the dots.
const commonEndings = new Set(
  'com net org info biz io co de at ch fr nl be lu uk ie us ca au nz es it pt br mx dk se no fi is pl cz sk hu si hr ee lv lt ro bg gr tr ru ua za in jp cn kr eu edu gov app dev shop store online email me tv xyz gl uy tn cy'.split(
    ' ',
  ),
)

function isLocalUnit(unit: string): boolean {
  return isWordUnit(unit) || (unit !== '' && localPunctuation.includes(unit))
}

/** Where the part before the at sign at `at` begins; `at` when there is none. */
function localStart(text: string, at: number, gap: number): number {
  let i = at
  for (let skipped = 0; i > 0 && skipped < gap && text.charAt(i - 1) === ' '; skipped += 1) i -= 1
  if (text.charAt(i - 1) === '"') {
    const quoted = /"[^"\n]{1,64}"$/.exec(text.slice(Math.max(0, i - 66), i))
    return quoted ? i - quoted[0].length : at
  }
  const edge = i
  while (i > 0 && edge - i < longestLocal && isLocalUnit(text.charAt(i - 1))) i -= 1
  while (i < edge && !isWordUnit(text.charAt(i))) i += 1
  return i === edge ? at : i
}

/** Where the domain that begins at `from` ends; `from` when there is none. Blanks around dots need a common ending. */
function domainEnd(text: string, from: number, gap: number): number {
  let i = from
  for (let skipped = 0; skipped < gap && text.charAt(i) === ' '; skipped += 1) i += 1
  if (text.charAt(i) === '[') {
    const literal = /^\[[0-9a-f.:ipv]{2,46}\]/i.exec(text.slice(i, i + 50))
    return literal ? i + literal[0].length : from
  }
  let end = from
  let isSpaced = i > from
  for (let labels = 1; i < text.length && i - from < longestDomain; labels += 1) {
    const labelStart = i
    while (i < text.length && i - labelStart < 64 && (isWordUnit(text.charAt(i)) || text.charAt(i) === '-'))
      i += 1
    let label = text.slice(labelStart, i)
    while (label.endsWith('-')) label = label.slice(0, -1)
    if (label === '') break
    const isEnding = letters.test(label) && label.length >= 2 && label.length <= 24
    const isTop = isEnding || /^xn--[a-z0-9-]+$/i.test(label)
    if (
      labels >= 2 ? isTop && (!isSpaced || commonEndings.has(label.toLowerCase())) : isEnding && !isSpaced
    ) {
      end = labelStart + label.length
    }
    const dot = /^ {0,2}\. {0,2}(?=[\p{L}\p{N}])/u.exec(text.slice(i, i + 6))
    if (!dot) break
    if (dot[0].length > 1) isSpaced = true
    i += dot[0].length
  }
  return end
}

function aroundSigns(plain: Plain): Found[] {
  const found: Found[] = []
  const { text } = plain
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    for (const gap of [0, 2]) {
      const start = localStart(text, at, gap)
      const end = domainEnd(text, at + 1, gap)
      // "follow @shop" is no address: across a blank the domain must have a dot.
      if (start === at || end === at + 1 || (gap > 0 && !text.slice(at, end).includes('.'))) continue
      found.push({ kind: 'email', start, end })
      break
    }
  }
  return found
}

// "name (at) domain [dot] com", "name AT domain DOT com", "name at domain dot com", and forms in between.
const open = '[ ]{0,2}[([{<*_-]{1,2}[ ]{0,2}'
const close = '[ ]{0,2}[)\\]}>*_-]{1,2}[ ]{0,2}'
const at = `(?:${open}(?:at|@|ät|arroba|chez|klammeraffe|snabel-?a|chiocciola|apenstaartje)${close}|[ ]{1,2}(?:at|arroba|@)[ ]{1,2})`
const dot = `(?:[ ]{0,2}\\.[ ]{0,2}|${open}(?:dot|\\.|punkt|point|punto|ponto|punt|period)${close}|[ ]{1,2}(?:dot|punkt|punto|ponto|punt)[ ]{1,2})`
const name = "[a-z0-9](?:[a-z0-9_%+'-]{0,62}[a-z0-9])?"
const obfuscated = new RegExp(
  `(?<![a-z0-9])${name}(?:${dot}${name}){0,3}${at}${name}(?:${dot}${name}){1,3}(?![a-z0-9])`,
  'g',
)
const verbs =
  /(?:^|[^a-z])(?:us|me|it|them|him|her|look|see|visit|find|available|online|is|are|was|live|hosted|out|more|now|shop|sold|only|this|here)$/

function isAddress(text: string): boolean {
  const split = new RegExp(at, 'g').exec(text)
  if (!split) return false
  const local = text.slice(0, split.index)
  const domain = text.slice(split.index + split[0].length)
  const ending = /[a-z]+$/.exec(domain)?.[0] ?? ''
  const isBracketed = /[^a-z ]/.test(split[0])
  if (isBracketed ? ending.length < 2 : !commonEndings.has(ending)) return false
  // A bare "at" with a bare full stop is prose ("look at example.com").
  return isBracketed || (!verbs.test(local) && / (?:dot|punkt|punto|ponto|punt) |[([{]/.test(domain))
}

function obfuscations(plain: Plain): Found[] {
  if (!/(?:at|ät|arroba|chez|@|klammeraffe|snabel|chiocciola|apenstaartje)[)\]}>*_ -]/.test(plain.folded))
    return []
  return [...plain.folded.matchAll(obfuscated)]
    .filter((match) => isAddress(match[0]))
    .map((match) => ({ kind: 'email', start: match.index, end: match.index + match[0].length }))
}

// Letters set apart: "j o h n @ e x a m p l e . c o m".
const spelledOut = /(?<!\S)\S(?: \S){6,200}(?!\S)/g

function spelled(plain: Plain): Found[] {
  const found: Found[] = []
  for (const match of plain.text.matchAll(spelledOut)) {
    if (!match[0].includes('@')) continue
    const joined = match[0].replaceAll(' ', '')
    const sign = joined.indexOf('@')
    if (localStart(joined, sign, 0) < sign && domainEnd(joined, sign + 1, 0) > sign + 1) {
      found.push({ kind: 'email', start: match.index, end: match.index + match[0].length })
    }
  }
  return found
}

/** E-mail addresses: plain, international, tagged, quoted, with blanks, spelled out, and the usual disguises. */
export const detectEmail: Detector = (plain) => {
  const found = obfuscations(plain)
  return plain.text.includes('@') ? [...aroundSigns(plain), ...spelled(plain), ...found] : found
}

/** The address itself in lower case, whatever it was disguised as. */
export function canonicalEmail(folded: string): string {
  return folded.replace(new RegExp(at, 'g'), '@').replace(new RegExp(dot, 'g'), '.').replace(/\s/g, '')
}
