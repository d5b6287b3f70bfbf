import { currencyExponent } from '@bizq/sdk/contract'
import { stringify } from 'csv-stringify/sync'
import type { z } from '@hono/zod-openapi'
import { writePdf } from '../../pdf.ts'
import type { Invoice } from './schemas.ts'

type InvoiceValue = z.infer<typeof Invoice>
type Amount = InvoiceValue['total']

/** An amount as a decimal number, as spreadsheets read it. */
const decimal = ({ amount, currency }: Amount): string => {
  const exponent = currencyExponent(currency)
  return (amount / 10 ** exponent).toFixed(exponent)
}

const inWords = ({ amount, currency }: Amount): string =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).format(
    amount / 10 ** currencyExponent(currency),
  )

const day = (instant: string): string => instant.slice(0, 10)

/** What a spreadsheet would take for a formula is quoted as text. */
const asText = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)

/** The lines of an invoice as CSV (RFC 4180, UTF-8), amounts as decimal numbers. */
export function invoiceCsv(invoice: InvoiceValue): string {
  return stringify(
    invoice.lines.map((line) => ({
      invoice: invoice.number ?? invoice.id,
      business: asText(line.business?.name ?? ''),
      service: asText(line.service?.name ?? ''),
      kind: line.kind,
      description: asText(line.description),
      from: day(line.from),
      to: day(line.to),
      quantity: line.quantity,
      price: decimal(line.price),
      price_currency: line.price.currency,
      rate: line.rate ?? '',
      gross: decimal(line.gross),
      conversion: decimal(line.conversion),
      discount: decimal(line.discount),
      amount: decimal(line.amount),
      service_credit: decimal(line.credits.service),
      granted_credit: decimal(line.credits.granted),
      launch_offer: decimal(line.credits.launch),
      account_credit: decimal(line.credits.account),
      card: decimal(line.card),
      refunded: decimal(line.refunded),
      currency: line.amount.currency,
    })),
    { header: true, record_delimiter: 'windows' },
  )
}

/** An invoice as a tagged PDF: lines by business, then what paid. The same invoice gives the same bytes. */
export function invoicePdf(
  invoice: InvoiceValue,
  organisation: string,
  note: string | null,
): Promise<Buffer> {
  const byBusiness = Map.groupBy(invoice.lines, ({ business }) => business?.name ?? 'Platform')
  return writePdf({
    title: `Invoice ${invoice.number ?? invoice.id}`,
    lines: [
      `For ${organisation}`,
      `Made on ${day(invoice.madeAt)} for ${day(invoice.period.from)} to ${day(invoice.period.to)} (UTC)`,
      `State: ${invoice.state}${invoice.paidAt ? ` on ${day(invoice.paidAt)}` : ''}`,
      ...(note === null ? [] : [note]),
    ],
    parts: [
      ...[...byBusiness].map(([heading, lines]) => ({
        heading,
        table: {
          head: ['What', 'From', 'To', 'Discount', 'Amount'],
          widths: [5, 2, 2, 2, 2],
          rows: lines.map((line) => [
            line.description,
            day(line.from),
            day(line.to),
            inWords(line.discount),
            inWords(line.amount),
          ]),
        },
      })),
      { heading: 'Sum', table: { head: ['What', 'Amount'], widths: [5, 2], rows: sumsOf(invoice) } },
    ],
    madeAt: new Date(invoice.madeAt),
  })
}

function sumsOf(invoice: InvoiceValue): string[][] {
  const { service, granted, launch, account } = invoice.credits
  const less = (what: string, amount: Amount) =>
    amount.amount === 0 ? [] : [[what, inWords({ ...amount, amount: -amount.amount })]]
  return [
    ['Lines', inWords(invoice.total)],
    ...less('Service credit of the plan', service),
    ...less('Granted credit', granted),
    ...less('Launch offer', launch),
    ...less('Account credit', account),
    ['Tax', inWords(invoice.tax)],
    ['Charged to the card', inWords({ ...invoice.card, amount: invoice.card.amount + invoice.tax.amount })],
    ...less('Given back since', invoice.refunded),
  ]
}
