import { canonicalEmail } from './detect-email.ts'
import { digitChains, digitsOf } from './digit-groups.ts'
import type { Found } from './found.ts'
import { isCommon, isEverydayName, isGiven, isWord } from './lexicon.ts'
import { legalFormAt, nameForms } from './name-forms.ts'
import { organisationWords } from './person-context.ts'
import { type Plain, plainOf } from './plain.ts'
import type { KnownDataset } from './segment.ts'
import { type Token, bareEnd, tokensOf } from './tokens.ts'

/** A customer or supplier of the business, with whatever is known of it. */
export interface KnownEntry {
  dataset: KnownDataset
  id: string
  name?: string | null
  /** Further names of the same record: a contact person, a trading name. */
  otherNames?: readonly string[]
  email?: string | null
  phone?: string | null
  street?: string | null
}

type Ref = { dataset: KnownDataset; id: string }

/** The names, e-mail addresses, phones and streets of one business's customers and suppliers. Built once, read often. */
export interface KnownNames {
  findNames(plain: Plain): Found[]
  findPhones(plain: Plain): Found[]
  findEmail(folded: string): Ref | undefined
}

/** What the letters of a text must look like for a name to count. */
type Needs = 'nothing' | 'capital' | 'capitals'

interface Hit {
  record: Ref | undefined
  kind: 'person' | 'address'
  needs: Needs
  /** A whole name outranks a part of one; of two parts neither says which record is meant. */
  rank: number
  isFirm: boolean
}

interface Node {
  next: Map<string, Node>
  hit?: Hit
}

const skipped = new Set(['and', 'und', 'et', 'y', 'e', 'en', 'og', 'och'])
const mostTokens = 10
const ideograph = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u

/** Scripts without blanks are compared letter by letter. */
function split(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => {
    if (!ideograph.test(token.text)) return [token]
    return Array.from(token.text, (text, i): Token => {
      return {
        start: token.start + i,
        end: token.start + i + text.length,
        text,
        folded: text,
        shape: 'title',
      }
    })
  })
}

function wordsOfName(name: string): Token[] {
  return split(tokensOf(plainOf(name.slice(0, 300), [])))
}

function same(a: Ref | undefined, b: Ref | undefined): boolean {
  return a?.id === b?.id && a?.dataset === b?.dataset
}

const strictness: Record<Needs, number> = { nothing: 0, capital: 1, capitals: 2 }

function insert(root: Node, words: readonly string[], hit: Hit): void {
  let node = root
  for (const word of words.slice(0, mostTokens)) {
    let next = node.next.get(word)
    if (!next) {
      next = { next: new Map() }
      node.next.set(word, next)
    }
    node = next
  }
  const present = node.hit
  if (!present || hit.rank > present.rank) node.hit = hit
  else if (hit.rank === present.rank) {
    const needs = strictness[hit.needs] < strictness[present.needs] ? hit.needs : present.needs
    node.hit = { ...present, needs, record: same(present.record, hit.record) ? present.record : undefined }
  }
}

function addName(root: Node, name: string, record: Ref): void {
  for (const form of nameForms(wordsOfName(name))) {
    insert(root, form.words, {
      record: form.isVague ? undefined : record,
      kind: 'person',
      needs: form.needs,
      rank: form.rank,
      isFirm: form.isFirm,
    })
  }
}

function addStreet(root: Node, street: string): void {
  const words = wordsOfName(street).map((token) => token.folded)
  if (words.length < 2 || !words.some((word) => word.length > 2)) return
  insert(root, words, { record: undefined, kind: 'address', needs: 'nothing', rank: 3, isFirm: true })
}

function phoneKey(digits: string): string {
  return digits.replace(/^0+/, '').slice(-9)
}

function addPhone(phones: Map<string, Ref | undefined>, phone: string, record: Ref): void {
  const digits = plainOf(phone.slice(0, 60), []).text.replace(/\D/g, '')
  const key = phoneKey(digits)
  if (key.length < 5) return
  phones.set(key, phones.has(key) && !same(phones.get(key), record) ? undefined : record)
}

/** Ready to find every given record in free text. Names that mean several records are found, but name none of them. */
export function buildKnownNames(entries: Iterable<KnownEntry>): KnownNames {
  const root: Node = { next: new Map() }
  const emails = new Map<string, Ref | undefined>()
  const phones = new Map<string, Ref | undefined>()
  for (const entry of entries) {
    const record: Ref = { dataset: entry.dataset, id: entry.id }
    for (const name of [entry.name, ...(entry.otherNames ?? [])]) if (name) addName(root, name, record)
    if (entry.email) {
      const key = canonicalEmail(plainOf(entry.email.trim(), []).folded)
      emails.set(key, emails.has(key) && !same(emails.get(key), record) ? undefined : record)
    }
    if (entry.phone) addPhone(phones, entry.phone, record)
    if (entry.street) addStreet(root, entry.street)
  }
  return {
    findNames: (plain) => (root.next.size === 0 ? [] : findNames(root, plain)),
    findPhones: (plain) => (phones.size === 0 ? [] : findPhones(phones, plain)),
    findEmail: (folded) => emails.get(canonicalEmail(folded)),
  }
}

export const noKnownNames: KnownNames = buildKnownNames([])

interface Match {
  hit: Hit
  /** Index behind the last token. */
  end: number
}

function childOf(node: Node, word: string): Node | undefined {
  const child = node.next.get(word)
  if (child || word.length < 5 || !word.endsWith('s')) return child
  return node.next.get(word.slice(0, -1))
}

/** A name that is an everyday word counts as it is written, or with a legal form behind it. */
function meets(tokens: readonly Token[], from: number, end: number, needs: Needs): boolean {
  if (needs === 'nothing' || legalFormAt(tokens, end) > 0) return true
  for (let i = from; i < end; i += 1) {
    const shape = tokens[i]?.shape
    if (
      needs === 'capital'
        ? shape === 'lower'
        : shape === 'lower' || (shape === 'title' && (tokens[i]?.text.length ?? 0) > 1)
    )
      return false
  }
  return true
}

const insideName = /^[\s.,\-_/&+'"()·|:;*!?]{0,4}$/

/** The longest name from token `from` on. What a text puts in between, "Ann J. Smith" or "Fox and Hound", is stepped over. */
function longestMatch(root: Node, tokens: readonly Token[], text: string, from: number): Match | undefined {
  let best: Match | undefined
  const walk = (node: Node, i: number, steps: number): void => {
    const token = tokens[i]
    const previous = tokens[i - 1]
    if (!token || (i > from && previous && !insideName.test(text.slice(previous.end, token.start)))) return
    const child = childOf(node, token.folded)
    if (child) {
      const end = i + 1
      if (child.hit && meets(tokens, from, end, child.hit.needs) && (!best || end > best.end))
        best = { hit: child.hit, end }
      walk(child, end, steps)
    }
    const isPassing = skipped.has(token.folded) || (token.text.length === 1 && token.shape === 'title')
    if (i > from && steps < 2 && isPassing) walk(node, i + 1, steps + 1)
  }
  walk(root, from, 0)
  return best
}

/** "Acme Supplies" is read on to "Ltd" or "& Co. KG". */
function endWithLegalForm(tokens: readonly Token[], text: string, end: number): number {
  let i = end
  for (let size = legalFormAt(tokens, i); size > 0 && i < end + 6; size = legalFormAt(tokens, i)) {
    const next = tokens[i]
    const previous = tokens[i - 1]
    const mayBeWord =
      size === 1 && next?.shape === 'lower' && (previous?.shape !== 'lower' || next.folded.length < 3)
    if (mayBeWord) break
    if (!next || !previous || !/^[\s.,&+()!?]{0,3}$/.test(text.slice(previous.end, next.start))) break
    i += size
  }
  return i
}

/** "the Acme Supplies": the article goes with the name of a firm. */
function startWithArticle(tokens: readonly Token[], text: string, from: number): number {
  const before = tokens[from - 1]
  const first = tokens[from]
  return before?.folded === 'the' && first && /^\s$/.test(text.slice(before.end, first.start))
    ? from - 1
    : from
}

const isFirmWord = (token: Token | undefined): boolean =>
  token !== undefined && token.shape !== 'lower' && organisationWords.test(token.folded)

const isNamelike = (token: Token | undefined): boolean =>
  token !== undefined &&
  (token.shape === 'title' || token.shape === 'upper') &&
  (token.text.length === 1 ||
    isEverydayName(token.folded) ||
    (!isCommon(token.folded) && (isGiven(token.folded) || !isWord(token.folded))))

/** A part of a name beside another name means someone else. */
function isSomeoneElse(tokens: readonly Token[], text: string, from: number, end: number): boolean {
  const before = tokens[from - 1]
  const after = tokens[end]
  const first = tokens[from]
  const last = tokens[end - 1]
  const isBeside = (gap: string): boolean => /^(?: |-|\. )$/.test(gap)
  const hasBefore = first && isNamelike(before) && isBeside(text.slice(before?.end, first.start))
  const hasAfter =
    last && (isNamelike(after) || isFirmWord(after)) && isBeside(text.slice(last.end, after?.start))
  return Boolean(hasBefore || hasAfter)
}

function findNames(root: Node, plain: Plain): Found[] {
  const tokens = split(tokensOf(plain))
  const found: Found[] = []
  for (let i = 0; i < tokens.length; i += 1) {
    const match = longestMatch(root, tokens, plain.text, i)
    if (!match) continue
    const { hit } = match
    const isPart = hit.rank < 3
    const isElse = isPart && isSomeoneElse(tokens, plain.text, i, match.end)
    if (isElse && hit.isFirm) continue
    const end = isPart ? match.end : endWithLegalForm(tokens, plain.text, match.end)
    const last = tokens[end - 1]
    const from = hit.isFirm ? startWithArticle(tokens, plain.text, i) : i
    const start = tokens[from]?.start ?? 0
    const record = isElse ? undefined : hit.record
    found.push({ kind: hit.kind, start, end: last ? bareEnd(last) : start, ...(record ? { record } : {}) })
    i = end - 1
  }
  return found
}

function findPhones(phones: ReadonlyMap<string, Ref | undefined>, { text }: Plain): Found[] {
  const found: Found[] = []
  for (const chain of digitChains(text, 4, (unit) => ' ().-/+'.includes(unit))) {
    for (let first = 0; first < chain.length; first += 1) {
      for (let last = Math.min(chain.length, first + 8) - 1; last >= first; last -= 1) {
        const start = chain[first]?.start ?? 0
        const end = chain[last]?.end ?? start
        if (end - start > 40) continue
        const digits = digitsOf(text, chain, first, last)
        const key = phoneKey(digits)
        if (digits.length > 15 || key.length < 5 || !phones.has(key)) continue
        const record = phones.get(key)
        const signs = /[(+]{0,2}$/.exec(text.slice(Math.max(0, start - 2), start))?.[0].length ?? 0
        found.push({ kind: 'phone', start: start - signs, end, ...(record ? { record } : {}) })
        first = last
        break
      }
    }
  }
  return found
}
