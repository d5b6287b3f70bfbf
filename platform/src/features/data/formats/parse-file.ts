import { parseCamt } from './bank/camt.ts'
import { parseMt940 } from './bank/mt940.ts'
import { ofxText, parseOfx } from './bank/ofx.ts'
import { guessMapping } from './csv/guess.ts'
import { Mapping, type MappingInput } from './csv/mapping.ts'
import { parseMappedCsv } from './csv/parse.ts'
import { sniffCsv } from './csv/sniff.ts'
import { detectFormat, headBytes, type Detected } from './detect.ts'
import { decodeStream, decodeText, detectEncoding, readBounded, type Encoding } from './encoding.ts'
import { readCii } from './invoices/cii.ts'
import { invoiceItems, type Role } from './invoices/e-invoice.ts'
import { readUbl } from './invoices/ubl.ts'
import { UnreadableFileError, type FileFormat, type ParsedItem, type ParsingBusiness } from './parsed-item.ts'
import { parseXml } from './xml.ts'

export interface ParseOptions {
  business: ParsingBusiness
  /** Found from the content where it is not given. */
  format?: FileFormat | undefined
  /** How to read a CSV; a known layout or a complete guess serves where it is not given. */
  mapping?: MappingInput | undefined
  /** Whether the business is buyer or seller on an e-invoice, where its names do not tell. */
  role?: Role | undefined
}

const markupLimitMib = 50

/**
 * Reads a file into records of the contract's datasets, after one `meta` item. Bad rows are `error` items
 * and the rest lands; a file that cannot be read (on) ends with an error that `isFatal`. CSV is read in
 * bounded memory, XML, OFX and MT940 up to 50 MiB. Throws only what reading the source throws.
 */
export async function* parseFile(
  source: AsyncIterable<Buffer>,
  options: ParseOptions,
): AsyncGenerator<ParsedItem> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    const { head, whole } = await peek(iterator)
    const detected = resolve(head, options)
    const { format, encoding, delimiter, layout } = detected
    const mapping = isTable(format) ? mappingOf(detected, options) : undefined
    yield {
      kind: 'meta',
      format,
      encoding: mapping?.encoding ?? encoding,
      ...(delimiter && { delimiter }),
      ...(layout && { layout }),
      ...(mapping && { mapping }),
    }
    if (mapping) yield* parseTable(whole, mapping, encoding, options)
    else yield* parseDocument(await readBounded(whole, markupLimitMib), detected, options)
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error
    yield { kind: 'error', line: error.line, reason: error.message, isRejected: true, isFatal: true }
  } finally {
    await iterator.return?.()
  }
}

function isTable(format: FileFormat): boolean {
  return format === 'csv' || format === 'bank-csv' || format === 'shopify-orders'
}

/** The first bytes, and the source as if none had been read. */
async function peek(
  iterator: AsyncIterator<Buffer>,
): Promise<{ head: Buffer; whole: AsyncIterable<Buffer> }> {
  const chunks: Buffer[] = []
  let size = 0
  while (size < headBytes) {
    const next = await iterator.next()
    if (next.done) break
    chunks.push(next.value)
    size += next.value.length
  }
  async function* again() {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) yield chunk
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
  }
  return { head: Buffer.concat(chunks).subarray(0, headBytes), whole: again() }
}

/** What the file is: as told, else by its content. */
function resolve(head: Buffer, { format, mapping, business }: ParseOptions): Detected {
  const given = { encoding: mapping?.encoding, delimiter: mapping?.delimiter, country: business.country }
  if (!format) return detectFormat(head, given)
  if (!isTable(format)) {
    return { format, encoding: detectEncoding(head), confidence: 1, reason: 'it was said to be' }
  }
  const detected = detectFormat(head, given)
  if (isTable(detected.format))
    return detected.format === format || mapping
      ? { ...detected, format }
      : asGeneric(head, detected, format, business)
  throw new UnreadableFileError(
    `The file is no ${format}: ${detected.reason}. Leave the format out, or choose ${detected.format}.`,
  )
}

function asGeneric(
  head: Buffer,
  detected: Detected,
  format: FileFormat,
  business: ParsingBusiness,
): Detected {
  if (format === 'shopify-orders')
    throw new UnreadableFileError(
      'The file lacks the columns of Shopify’s order export. Leave the format out, or map its columns.',
    )
  if (format === 'csv') return { ...detected, format }
  const sniffed = sniffCsv(decodeText(head, detected.encoding), { delimiter: detected.delimiter })
  if (!sniffed) return detected
  const { confidence, ...mapping } = guessMapping(
    sniffed.header,
    sniffed.rows.map(({ cells }) => cells),
    {
      dataset: 'transactions',
      country: business.country,
      headerLine: sniffed.headerLine ?? null,
    },
  )
  return { ...detected, format, mapping, confidence }
}

/** The operator's mapping, else the layout's, else the guess if nothing is missing in it. */
function mappingOf(detected: Detected, options: ParseOptions): Mapping {
  const {
    missing = [],
    uncertain: _uncertain,
    ...found
  } = detected.mapping ?? { dataset: 'transactions' as const, columns: {} }
  if (!options.mapping && missing.length) {
    throw new UnreadableFileError(
      `No column was found for ${missing.join(', ')} of ${found.dataset}. Say in a mapping which column is which; the file has ${detected.table?.header.slice(0, 30).join(', ')}.`,
      detected.table?.headerLine ?? 1,
    )
  }
  const checked = Mapping.safeParse(options.mapping ?? found)
  if (!checked.success) {
    const [issue] = checked.error.issues
    throw new UnreadableFileError(`The mapping cannot be used: ${issue?.path.join(' › ')}: ${issue?.message}`)
  }
  const { headerLine = detected.table?.headerLine ?? null, delimiter = detected.delimiter ?? ',' } =
    checked.data
  return { ...checked.data, headerLine, delimiter }
}

function parseTable(
  source: AsyncIterable<Buffer>,
  mapping: Mapping,
  encoding: Encoding,
  { business }: ParseOptions,
) {
  const text = decodeStream(source, mapping.encoding ?? encoding)
  return parseMappedCsv(text, { mapping, delimiter: mapping.delimiter ?? ',', business })
}

function* parseDocument(
  bytes: Buffer,
  { format, encoding }: Detected,
  { business, role }: ParseOptions,
): Generator<ParsedItem> {
  const text = decodeText(bytes, declaredEncoding(bytes) ?? encoding)
  if (format === 'ofx') yield* parseOfx(ofxText(text), business)
  if (format === 'mt940') yield* parseMt940(text, business)
  if (format === 'camt053') yield* parseCamt(text, business)
  if (format !== 'ubl-invoice' && format !== 'cii-invoice') return
  const { name, root } = parseXml(text)
  const isUbl = name === 'Invoice' || name === 'CreditNote'
  if (isUbl !== (format === 'ubl-invoice') || (!isUbl && name !== 'CrossIndustryInvoice')) {
    throw new UnreadableFileError(
      `The root element is ${name}, which is no ${format}. Leave the format out to have it found.`,
    )
  }
  yield* invoiceItems(isUbl ? readUbl(name, root, business) : readCii(root, business), business, role)
}

/** The encoding that an XML declaration names, where it is one of the old ones. */
function declaredEncoding(bytes: Buffer): Encoding | undefined {
  const name = /^<\?xml[^>]*encoding=["']([\w-]+)["']/i
    .exec(bytes.toString('latin1', 0, 200))?.[1]
    ?.toLowerCase()
  if (name === 'iso-8859-1' || name === 'windows-1252' || name === 'latin1') return 'windows-1252'
  return name === 'iso-8859-15' || name === 'windows-1250' ? name : undefined
}
