import iconv from 'iconv-lite'
import { expect, test } from 'vitest'
import { detectFormat } from './detect.ts'
import { UnreadableFileError } from './parsed-item.ts'
import { fixture, fixtures } from './testing/fixture.ts'

const files = [
  ...fixtures('bank-camt', /\.xml$/).map((path) => [path, 'camt053'] as const),
  ...fixtures('bank-ofx', /\.ofx$/).map((path) => [path, 'ofx'] as const),
  ...['betterplace', 'jejik'].flatMap((folder) =>
    fixtures(`bank-mt940/${folder}`, /\.sta$/).map((path) => [path, 'mt940'] as const),
  ),
  ...fixtures('invoices-xrechnung', /_ubl\.xml/).map((path) => [path, 'ubl-invoice'] as const),
  ...fixtures('invoices-xrechnung', /_uncefact\.xml/).map((path) => [path, 'cii-invoice'] as const),
  ['shopify-orders/orders_export.csv', 'shopify-orders'] as const,
  ['uci-online-retail/online_retail.csv', 'csv'] as const,
  ...fixtures('birmingham-pcard', /\.csv$/).map((path) => [path, 'csv'] as const),
]

test.each(files)('%s is told as %s from its content, whatever its name', (path, format) => {
  const detected = detectFormat(fixture(path), { fileName: 'statement.pdf' })
  expect(detected.format).toBe(format)
  expect(detected.reason).not.toBe('')
  expect(detected.confidence).toBeGreaterThan(0)
})

test('the head alone is enough', () => {
  for (const [path, format] of files) {
    const bytes = fixture(path)
    expect(detectFormat(bytes.subarray(0, 3000)).format).toBe(format)
  }
})

test('markup in UTF-16 is told too', () => {
  const text = fixture('bank-camt/camt053.v4.xml').toString()
  expect(detectFormat(iconv.encode(text, 'utf-16le', { addBOM: true }))).toMatchObject({
    format: 'camt053',
    encoding: 'utf-16le',
  })
})

test.each([
  ['a zip', Buffer.from('PK\u0003\u0004xl/workbook.xml'), /Excel/],
  ['a PDF', Buffer.from('%PDF-1.7\n'), /PDF/],
  ['a gzip', Buffer.from([0x1f, 0x8b, 8]), /compressed/],
  ['nothing', Buffer.from(' \n'), /empty/],
  ['JSON', Buffer.from('{"a": 1}'), /JSON/],
  ['HTML', Buffer.from('<html><body>x</body></html>'), /html/],
  ['other XML', Buffer.from('<?xml version="1.0"?><Order><Id>1</Id></Order>'), /Order/],
  ['prose', Buffer.from('Dear Sir\nplease find attached\n'), /no table/],
])('%s is refused with what to export instead', (_, bytes, message) => {
  expect(() => detectFormat(bytes)).toThrow(UnreadableFileError)
  expect(() => detectFormat(bytes)).toThrow(message)
})
