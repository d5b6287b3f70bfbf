import { currencyExponent } from '@bizq/sdk/contract'
import { stringify } from 'csv-stringify/sync'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { writePdf, type PdfTable } from '../../pdf.ts'
import type { Invoice } from './schemas.ts'
import { noteOf, organisationName } from './service.ts'
import { getInvoice } from './views.ts'

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

const dayInWords = (instant: string): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(instant))

const spanInWords = ({ from, to }: { from: string; to: string }): string =>
  `${dayInWords(from)} – ${dayInWords(to)}`

/** What a spreadsheet would take for a formula is quoted as text. */
const asText = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)

/** The lines of an invoice as CSV (RFC 4180, UTF-8), amounts as decimal numbers; the tax on all of them is the last. */
export function invoiceCsv(invoice: InvoiceValue): string {
  const lines: CsvLine[] = invoice.lines
  return stringify(
    [...lines, ...(invoice.tax.amount === 0 ? [] : [taxLine(invoice)])].map((line) => ({
      invoice: invoice.number ?? invoice.id,
      business: asText(line.business?.name ?? ''),
      service: asText(line.service?.name ?? ''),
      kind: line.kind,
      description: asText(line.description),
      from: day(line.from),
      to: day(line.to),
      quantity: line.quantity,
      list_amount: decimal(line.price),
      list_currency: line.price.currency,
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
      taken_by_bank: decimal(line.taken),
      credit_back: decimal(line.creditBack),
      refunded_covered: decimal(line.covered),
      currency: line.amount.currency,
    })),
    { header: true, record_delimiter: 'windows' },
  )
}

type CsvLine = Omit<InvoiceValue['lines'][number], 'kind'> & { kind: string }

/** So that what is charged is the sum of the card's column. */
function taxLine({ tax, credits, period }: InvoiceValue): CsvLine {
  const none = { ...tax, amount: 0 }
  return {
    id: null,
    kind: 'tax',
    description: 'Tax',
    business: null,
    service: null,
    subscription: null,
    ...period,
    quantity: 1,
    price: tax,
    rate: null,
    gross: tax,
    conversion: none,
    discount: none,
    discounts: [],
    amount: tax,
    credits: { ...credits, service: none, granted: none, launch: none, account: none },
    card: tax,
    refunded: none,
    taken: none,
    creditBack: none,
    covered: none,
  }
}

/** What a line is for, under the name of its business, and what it was converted from. */
function lineInWords({ kind, description, service, quantity, price, rate }: InvoiceValue['lines'][number]) {
  const what = { 'catch-up': ', since it began', usage: `, use: ${quantity} charged` }[kind as string] ?? ''
  const said = service ? `${service.name}${what}` : description
  return rate === null ? said : `${said}\n${inWords(price)} at ${rate}, with 2 % for converting`
}

/** A file, and its name. */
export interface InvoiceFile {
  name: string
  content: Buffer
}

/**
 * Reads an invoice of the unit's organisation, by its id on the wire, as its PDF stood when it was paid: of what was
 * given back since it says nothing. What is answered writes it, after the transaction.
 */
export async function openReceipt(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
): Promise<() => Promise<InvoiceFile>> {
  const invoice = await getInvoice(unit, deps, id)
  const organisation = await organisationName(unit)
  const none = { ...invoice.refunded, amount: 0 }
  const asPaid = { ...invoice, refunded: none, taken: none, creditBack: none, covered: none }
  return async () => ({
    name: `${invoice.number ?? invoice.id}.pdf`,
    content: await invoicePdf(asPaid, organisation, noteOf(deps)),
  })
}

/** An invoice as a tagged PDF: lines by business, then what paid. The same invoice gives the same bytes. */
export function invoicePdf(
  invoice: InvoiceValue,
  organisation: string,
  note: string | null,
): Promise<Buffer> {
  const byBusiness = Map.groupBy(invoice.lines, ({ business }) => business?.name ?? organisation)
  return writePdf({
    title: `Invoice ${invoice.number ?? invoice.id}`,
    lines: [
      'From BizQ Marketplace',
      `For ${organisation}`,
      `Made on ${dayInWords(invoice.madeAt)} for ${spanInWords(invoice.period)} (UTC)`,
      `${stateInWords[invoice.state]}${invoice.paidAt ? ` on ${dayInWords(invoice.paidAt)}` : ''}`,
      ...(note === null ? [] : [note]),
    ],
    parts: [
      ...[...byBusiness].map(([heading, lines]) => ({
        heading,
        table: {
          head: ['What', 'For', 'Discount', 'Amount'],
          widths: [5, 3.2, 1.5, 1.5],
          rows: lines.map((line) => [
            lineInWords(line),
            spanInWords(line),
            line.discount.amount === 0 ? '' : inWords({ ...line.discount, amount: -line.discount.amount }),
            inWords(line.amount),
          ]),
        },
      })),
      { heading: 'Total', table: sumsOf(invoice) },
    ],
    madeAt: new Date(invoice.madeAt),
  })
}

const stateInWords: Record<InvoiceValue['state'], string> = {
  draft: 'Being made',
  open: 'To be paid',
  paid: 'Paid',
  uncollectible: 'Not paid',
  void: 'Void: nothing is owed',
}

function sumsOf(invoice: InvoiceValue): PdfTable {
  const { service, granted, launch, account } = invoice.credits
  const less = (what: string, amount: Amount) =>
    amount.amount === 0 ? [] : [[what, inWords({ ...amount, amount: -amount.amount })]]
  const more = (what: string, amount: Amount) => (amount.amount === 0 ? [] : [[what, inWords(amount)]])
  const before = [
    ['Lines', inWords(invoice.total)],
    ...less('Service credit of the plan', service),
    ...less('Credit given by BizQ', granted),
    ...less('Free: paid by BizQ', launch),
    ...less('Account credit', account),
    ['Tax', inWords(invoice.tax)],
  ]
  const card = inWords({ ...invoice.card, amount: invoice.card.amount + invoice.tax.amount })
  return {
    head: ['What', 'Amount'],
    widths: [5, 2],
    rows: [
      ...before,
      ['To the card', card],
      ...less('Given back since', invoice.refunded),
      ...less('Taken back by your bank', invoice.taken),
      ...more('Credit given back, to be used again', invoice.creditBack),
      ...more('Given back, covered by credit or by BizQ: nothing was charged', invoice.covered),
    ],
    strong: [before.length],
  }
}
