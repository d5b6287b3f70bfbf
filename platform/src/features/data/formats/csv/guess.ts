import { datasetNames, type DatasetName } from '@bizq/sdk/contract'
import { inferDateOrder, parseDate } from '../dates.ts'
import { inferDecimalMark, parseDecimal } from '../decimal.ts'
import { parseCountry } from '../country.ts'
import { plainWords } from '../text.ts'
import { nothing } from './read-cell.ts'
import { guessUnnamed } from './guess-unnamed.ts'
import type { MappingInput } from './mapping.ts'
import { currencyOf, usualDateOrder, usualDecimalMark } from './usual.ts'
import { essentials, synonyms } from './synonyms.ts'
import { resolveTarget, targetsOf, type Target } from './targets.ts'

/** A mapping to be confirmed, with what it lacks and how sure it is. */
export interface Guess extends MappingInput {
  columns: Record<string, string | string[]>
  /** Required targets that no column was found for. */
  missing: string[]
  /** What the sample does not decide: `dateOrder` where no day is above 12, `decimal` where no cell tells, `direction` where nothing says in from out. */
  uncertain: ('dateOrder' | 'decimal' | 'direction')[]
  /** 0 to 1; above 0.8 an operator rarely changes anything. */
  confidence: number
}

export interface GuessOptions {
  dataset?: DatasetName | undefined
  /** The business's country decides what the sample leaves open: 3/4 is 4 March in the US. */
  country?: string | undefined
  headerLine?: number | null | undefined
}

interface Column {
  header: string
  words: string
  /** A currency named in the header: `Amount spent (USD)`. */
  currency: string | undefined
  cells: string[]
}

interface Candidate {
  column: Column
  target: Target
  name: string
  score: number
}

/** Guesses from the header and some rows which dataset a CSV holds and which column is which field. */
export function guessMapping(
  header: readonly string[],
  sampleRows: readonly (readonly string[])[],
  options: GuessOptions = {},
): Guess {
  if (header.every((name, index) => name === `Column ${index + 1}`)) {
    const unnamed = guessUnnamed(header, sampleRows, options)
    if (unnamed) return unnamed
  }
  const columns = header.map((name, index) =>
    readColumn(
      name,
      sampleRows.map((row) => row[index]?.trim() ?? ''),
    ),
  )
  const names = options.dataset ? [options.dataset] : datasetNames
  const guesses = names.map((dataset) => ({ dataset, ...assign(dataset, columns) }))
  const best = guesses.reduce((a, b) =>
    b.fit + claimNudge(b.dataset, columns) > a.fit + claimNudge(a.dataset, columns) ? b : a,
  )
  return finishGuess(best.dataset, best.chosen, columns, best, options)
}

/** Bookkeeping exports name invoices and bills alike; only the type in the rows tells them apart. */
function claimNudge(dataset: DatasetName, columns: Column[]): number {
  if (dataset !== 'invoices' && dataset !== 'bills') return 0
  const types = columns.filter(({ words }) => words === 'type').flatMap(({ cells }) => cells)
  const isBills = types.some((type) => /bill|purchase|accpay|payable/i.test(type))
  return isBills === (dataset === 'bills') ? 0.1 : 0
}

function readColumn(header: string, cells: string[]): Column {
  const words = plainWords(header.replace(/^\*/, ''))
  const currency = /\(\s*([A-Z]{3})\s*\)|\b([A-Z]{3})\s*$/.exec(header)
  const code = currency?.[1] ?? currency?.[2]
  const isCurrency =
    code !== undefined && Intl.supportedValuesOf('currency').includes(code) && header.trim() !== code
  return {
    header,
    words: isCurrency
      ? plainWords(header.replace(/^\*/, '').replace(new RegExp(`\\(?\\s*${code}\\s*\\)?`), ''))
      : words,
    currency: isCurrency ? code : undefined,
    cells: cells.filter((cell) => cell !== '' && !nothing.test(cell)).slice(0, 100),
  }
}

function assign(dataset: DatasetName, columns: Column[]) {
  const candidates = columns
    .flatMap((column) => candidatesOf(dataset, column))
    .sort((a, b) => b.score - a.score)
  const chosen: Candidate[] = []
  for (const candidate of candidates) {
    const isTaken = chosen.some(({ column, name }) => column === candidate.column || name === candidate.name)
    if (!isTaken) chosen.push(candidate)
  }
  const kept = withoutDoubles(dataset, chosen)
  const targets = new Set(kept.map(({ name }) => name))
  const wanted = essentials[dataset]
  const found = wanted.filter((want) => [want].flat().some((name) => targets.has(name))).length
  const weight = kept.reduce((sum, { score }) => sum + score, 0)
  const coverage = found / wanted.length
  return {
    chosen: kept,
    coverage,
    fit: coverage ** 2 * 2 + weight / Math.max(columns.length, 1),
    share: kept.length / Math.max(columns.length, 1),
  }
}

/** An amount column makes in and out columns needless, unless it lacks. */
function withoutDoubles(dataset: DatasetName, chosen: Candidate[]): Candidate[] {
  if (dataset !== 'transactions') {
    return chosen.some(({ name }) => name === 'amount')
      ? chosen.filter(({ name }) => name !== 'lineAmount')
      : chosen
  }
  const has = (name: string) => chosen.some((candidate) => candidate.name === name)
  if (has('amountIn') && has('amountOut'))
    return chosen.filter(({ name }) => name !== 'amount' && name !== 'direction')
  return chosen
}

function candidatesOf(dataset: DatasetName, column: Column): Candidate[] {
  const found: Candidate[] = []
  const consider = (name: string, score: number) => {
    const target = resolveTarget(dataset, name)
    if (target && score > 0 && fits(target, column)) found.push({ column, target, name, score })
  }
  for (const name of targetsOf(dataset))
    if (name === column.header || name.toLowerCase() === column.header) consider(name, 1.2)
  for (const [name, list] of Object.entries(synonyms[dataset])) consider(name, similarity(column.words, list))
  return found
}

function similarity(words: string, list: string): number {
  const known = list.split(', ').map(plainWords)
  const at = known.indexOf(words)
  const joined = words.replaceAll(' ', '')
  const joinedAt = known.findIndex((synonym) => synonym.replaceAll(' ', '') === joined)
  const exact = at === -1 ? 0 : 1 - Math.min(at, 10) * 0.02
  const run = joinedAt === -1 ? 0 : 0.95 - Math.min(joinedAt, 10) * 0.02
  if (exact || run) return Math.max(exact, run)
  const inside = known.some((synonym) => synonym.length >= 6 && ` ${words} `.includes(` ${synonym} `))
  return inside ? 0.45 : 0
}

/** Whether the cells can be what the target wants; an empty column fits, at the end of the queue. */
function fits(target: Target, { cells }: Column): boolean {
  if (cells.length === 0) return true
  const share = (test: (cell: string) => boolean) => cells.filter(test).length / cells.length
  switch (target.kind) {
    case 'date':
    case 'timestamp':
      return share((cell) => cell.length >= 6 && isDate(cell)) >= 0.6
    case 'money':
    case 'quantity':
      return share(isNumber) >= 0.6
    case 'country':
      return share((cell) => parseCountry(cell) !== undefined) >= 0.5
    case 'email':
      return share((cell) => cell.includes('@')) >= 0.5
    case 'currency':
      return share((cell) => /^[A-Za-z]{3}$/.test(cell)) >= 0.9
    case 'iban':
      return share((cell) => /^[A-Z]{2}\d{2}[A-Z0-9 ]{8,}$/i.test(cell)) >= 0.6
    case 'extra':
      if (target.name === 'currency') return share((cell) => /^[A-Za-z]{3}$/.test(cell)) >= 0.9
      return target.name === 'direction' ? new Set(cells.map(plainWords)).size <= 3 : share(isNumber) >= 0.6
    case 'text':
    case 'personName':
    case 'legalName':
      return share(isNumber) < 0.9
    default:
      return true
  }
}

function isDate(cell: string): boolean {
  return parseDate(cell, 'dmy') !== undefined || parseDate(cell, 'mdy') !== undefined
}

function isNumber(cell: string): boolean {
  return (
    parseDecimal(cell, '.') !== undefined || parseDecimal(cell, ',') !== undefined || /^-{1,3}$/.test(cell)
  )
}

function finishGuess(
  dataset: DatasetName,
  chosen: Candidate[],
  columns: Column[],
  { coverage, share }: { coverage: number; share: number },
  { country, headerLine }: GuessOptions,
): Guess {
  const cellsOf = (...kinds: Target['kind'][]) =>
    chosen.filter(({ target }) => kinds.includes(target.kind)).flatMap(({ column }) => column.cells)
  const dates = inferDateOrder(cellsOf('date', 'timestamp'), usualDateOrder(country))
  const mark = inferDecimalMark(cellsOf('money', 'extra'))
  const numbers = cellsOf('money', 'extra', 'quantity')
  const mapping = toColumns(dataset, chosen, columns)
  const targets = new Set(Object.values(mapping).flat())
  const missing = essentials[dataset]
    .filter((want) => ![want].flat().some((name) => targets.has(name)))
    .map((want) => [want].flat()[0] ?? '')
  const hasMoney = chosen.some(({ target }) => target.kind === 'money' || target.name.startsWith('amount'))
  return {
    dataset,
    columns: mapping,
    constants: constantsOf(dataset, columns, targets),
    dateOrder: dates.order,
    decimal: mark ?? usualDecimalMark(country, numbers),
    currency: chosen.find(({ column }) => column.currency)?.column.currency ?? currencyOf(numbers),
    ...(headerLine !== undefined && { headerLine }),
    positiveMeans: isSpending(dataset, chosen) ? 'out' : 'in',
    missing,
    uncertain: [
      ...(dates.isCertain || cellsOf('date', 'timestamp').length === 0 ? [] : (['dateOrder'] as const)),
      ...(mark || !hasMoney || numbers.every((cell) => /^-?\d+$/.test(cell)) ? [] : (['decimal'] as const)),
    ],
    confidence: Math.round(Math.min(1, coverage * (0.7 + 0.3 * Math.min(1, share * 1.5))) * 100) / 100,
  }
}

function toColumns(
  dataset: DatasetName,
  chosen: Candidate[],
  columns: Column[],
): Record<string, string | string[]> {
  const mapping: Record<string, string | string[]> = {}
  for (const { header } of columns) {
    const found = chosen.find(({ column }) => column.header === header)
    if (found) mapping[header] = found.name
  }
  if (dataset === 'customers') joinNames(mapping, columns)
  return mapping
}

/** First and last name stand in two columns, which are joined in their order. */
function joinNames(mapping: Record<string, string | string[]>, columns: Column[]) {
  const parts = columns.filter(({ words }) =>
    ['first name', 'last name', 'surname', 'given name', 'family name'].includes(words),
  )
  if (parts.length < 2 || Object.values(mapping).flat().includes('name')) return
  for (const { header } of parts) mapping[header] = 'name'
}

/** Which platform an advertising report comes from; only their own words tell. */
function constantsOf(dataset: DatasetName, columns: Column[], targets: Set<string>): Record<string, string> {
  const has = (...words: string[]) => words.some((word) => columns.some((column) => column.words === word))
  if (dataset === 'transactions') {
    if (targets.has('account.name')) return {}
    const isCard = targets.has('account.number') && has('card number', 'creditcard nummer', 'kartennummer')
    return isCard ? { 'account.name': 'Card', 'account.kind': 'card' } : { 'account.name': 'Bank account' }
  }
  const name = dataset === 'adSpend' ? 'campaign.platform' : 'platform'
  if ((dataset !== 'adSpend' && dataset !== 'campaigns') || targets.has(name)) return {}
  if (has('reporting starts', 'ad set name', 'amount spent', 'campaign delivery')) return { [name]: 'Meta' }
  if (has('impr', 'campaign state', 'customer id', 'avg cpc')) return { [name]: 'Google' }
  return { [name]: 'Advertising' }
}

/** Card statements list what was spent as positive amounts; a merchant column and mostly positive amounts tell them. */
function isSpending(dataset: DatasetName, chosen: Candidate[]): boolean {
  if (
    dataset !== 'transactions' ||
    chosen.some(({ name }) => ['direction', 'amountIn', 'amountOut', 'balance'].includes(name))
  )
    return false
  const amounts = chosen.find(({ name }) => name === 'amount')?.column.cells ?? []
  const negative = amounts.filter((cell) => /^\s*[-(−]|-\s*$/.test(cell)).length
  const isCard = chosen.some(({ column }) => /\b(?:merchant|card|expense)\b/.test(column.words))
  return isCard && amounts.length > 0 && negative < amounts.length * 0.3
}
