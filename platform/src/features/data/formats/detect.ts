import { matchBankLayout } from './bank/layout-mapping.ts'
import { guessMapping } from './csv/guess.ts'
import type { MappingInput } from './csv/mapping.ts'
import { shopifyOrders } from './csv/shopify.ts'
import { sniffCsv, type Sniffed } from './csv/sniff.ts'
import { decodeText, detectEncoding, type Encoding } from './encoding.ts'
import { UnreadableFileError, type FileFormat } from './parsed-item.ts'
import { quote } from './text.ts'

export interface Detected {
  format: FileFormat
  encoding: Encoding
  /** 0 to 1. */
  confidence: number
  /** Why, in words for the operator. */
  reason: string
  delimiter?: string
  /** The bank whose layout a `bank-csv` has, e.g. `nl-bunq`. */
  layout?: string
  /** Header and sample rows of a CSV, for the operator to confirm the mapping on. */
  table?: { headerLine: number | null; header: string[]; rows: string[][] }
  /** How the columns would be read: certain for known layouts, a guess for `csv`. */
  mapping?: MappingInput & { missing?: string[]; uncertain?: string[] }
}

/** How many bytes of a file tell its format. */
export const headBytes = 256 * 1024

export interface DetectOptions {
  /** Only for the wording of a refusal: the content decides. */
  fileName?: string | undefined
  country?: string | undefined
  encoding?: Encoding | undefined
  delimiter?: string | undefined
}

/** Tells the format of a file from its first bytes. Throws an UnreadableFileError that says what it is instead and what to export. */
export function detectFormat(head: Buffer, options: DetectOptions = {}): Detected {
  refuseBinary(head, options.fileName)
  const encoding = options.encoding ?? detectEncoding(head)
  const text = decodeText(head, encoding)
  if (text.trim() === '') throw new UnreadableFileError('The file is empty. Export it again.')
  return (
    detectMarkup(text, encoding) ?? detectMt940(text, encoding) ?? detectTable(head, text, encoding, options)
  )
}

function refuseBinary(head: Buffer, fileName: string | undefined) {
  const is = (...bytes: number[]) => bytes.every((byte, index) => head[index] === byte)
  const name = fileName ? ` “${fileName}”` : ''
  if (is(0x50, 0x4b))
    throw new UnreadableFileError(
      `The file${name} is an Excel workbook or a zip archive. Save the sheet as CSV, or unpack the archive, and import that.`,
    )
  if (is(0xd0, 0xcf, 0x11, 0xe0))
    throw new UnreadableFileError(
      `The file${name} is an old Excel workbook. Save the sheet as CSV and import that.`,
    )
  if (is(0x25, 0x50, 0x44, 0x46))
    throw new UnreadableFileError(`The file${name} is a PDF. Export the data as CSV, OFX or XML instead.`)
  if (is(0x1f, 0x8b))
    throw new UnreadableFileError(`The file${name} is compressed. Unpack it and import what is inside.`)
}

function detectMarkup(text: string, encoding: Encoding): Detected | undefined {
  if (/^\s*OFXHEADER\s*[:=]/i.test(text) || /<OFX[\s>]/i.test(text.slice(0, 4096))) {
    const version = /VERSION[:=]"?(\d)/i.exec(text.slice(0, 4096))?.[1] === '2' ? '2 (XML)' : '1 (SGML)'
    return {
      format: 'ofx',
      encoding: ofxEncoding(text, encoding),
      confidence: 1,
      reason: `it has the header or root of OFX ${version}`,
    }
  }
  if (!/^\s*</.test(text)) return undefined
  const root = /<(?:([\w.-]+):)?([A-Za-z][\w.-]*)([^>]*)>/.exec(
    text.replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g, ''),
  )
  const name = root?.[2] ?? ''
  const known = knownRoots.find(
    (candidate) => candidate.names.includes(name) && (candidate.also?.test(text) ?? true),
  )
  if (!known)
    throw new UnreadableFileError(
      `The file is XML with the root ${quote(name)}, which is no bank statement (CAMT, OFX) or invoice (UBL, CII) that can be imported.`,
    )
  return { format: known.format, encoding, confidence: 1, reason: `its root element is ${name}` }
}

const knownRoots: { names: string[]; also?: RegExp; format: FileFormat }[] = [
  { names: ['Document'], also: /camt\.05[234]|BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)/, format: 'camt053' },
  {
    names: ['Invoice', 'CreditNote'],
    also: /oasis:names:specification:ubl|AccountingSupplierParty/,
    format: 'ubl-invoice',
  },
  { names: ['CrossIndustryInvoice'], format: 'cii-invoice' },
]

/** OFX 1.x says CHARSET:1252 where a byte beyond ASCII may still be valid UTF-8 by chance. */
function ofxEncoding(text: string, encoding: Encoding): Encoding {
  return /^CHARSET:1252/m.test(text) &&
    !/^ENCODING:(?:UTF-8|UNICODE)/im.test(text) &&
    encoding === 'windows-1252'
    ? 'windows-1252'
    : encoding
}

function detectMt940(text: string, encoding: Encoding): Detected | undefined {
  const first = text.split('\n').slice(0, 12)
  const tags = first.filter((line) =>
    /^(?:\{4:)?:(?:20|21|25[A-Z]?|28C?|34F|60[FM]|61|62[FM]|64|65|86):/.test(line),
  )
  const filled = first.filter((line) => line.trim() !== '')
  if (tags.length === 0 || (tags.length < 2 && filled.length > 6)) return undefined
  return {
    format: 'mt940',
    encoding,
    confidence: tags.length > 2 ? 1 : 0.7,
    reason: 'its lines start with the fields of MT940 (:20:, :25:, :61: …)',
  }
}

function detectTable(head: Buffer, text: string, encoding: Encoding, options: DetectOptions): Detected {
  if (/^\s*[[{]/.test(text))
    throw new UnreadableFileError('The file looks like JSON. Export the data as CSV instead.')
  const sniffed = sniffCsv(text, options)
  if (!sniffed)
    throw new UnreadableFileError(
      'The file is no table: no comma, semicolon, tab or bar separates columns in it. Export it as CSV.',
    )
  const known = detectShopify(sniffed, encoding) ?? detectBank(head, sniffed, encoding, options)
  return known ?? detectCsv(sniffed, encoding, options)
}

function tableOf({ headerLine, header, rows }: Sniffed) {
  return { headerLine: headerLine ?? null, header, rows: rows.slice(0, 20).map(({ cells }) => cells) }
}

function detectShopify(sniffed: Sniffed, encoding: Encoding): Detected | undefined {
  const mapping =
    sniffed.headerLine === undefined ? undefined : shopifyOrders(sniffed.header, sniffed.headerLine)
  if (!mapping) return undefined
  const { delimiter } = sniffed
  return {
    format: 'shopify-orders',
    encoding,
    delimiter,
    mapping,
    table: tableOf(sniffed),
    confidence: 1,
    reason: 'it has the columns of Shopify’s order export',
  }
}

function detectBank(
  head: Buffer,
  sniffed: Sniffed,
  encoding: Encoding,
  options: DetectOptions,
): Detected | undefined {
  const found = (table: Sniffed, used: Encoding): Detected | undefined => {
    const match = matchBankLayout(table)
    if (!match) return undefined
    const { layout, mapping } = match
    const isNamed = table.headerLine !== undefined
    return {
      format: 'bank-csv',
      encoding: layout.encoding && used === 'windows-1252' ? layout.encoding : used,
      delimiter: table.delimiter,
      layout: layout.name,
      mapping,
      table: tableOf(table),
      confidence: isNamed ? 0.95 : 0.7,
      reason: `its columns ${isNamed ? 'are named' : 'hold what they do'} as ${layout.label} exports them`,
    }
  }
  const match = found(sniffed, encoding)
  if (match || encoding !== 'windows-1252' || options.encoding) return match
  const other = sniffCsv(decodeText(head, 'windows-1250'), options)
  return other && found(other, 'windows-1250')
}

function detectCsv(sniffed: Sniffed, encoding: Encoding, { country }: DetectOptions): Detected {
  const rows = sniffed.rows.map(({ cells }) => cells)
  const { confidence, ...mapping } = guessMapping(sniffed.header, rows, {
    country,
    headerLine: sniffed.headerLine ?? null,
  })
  return {
    format: 'csv',
    encoding,
    delimiter: sniffed.delimiter,
    mapping: { ...mapping, delimiter: sniffed.delimiter },
    table: tableOf(sniffed),
    confidence,
    reason: `it is a table whose columns look like ${mapping.dataset}`,
  }
}
