import type { Money } from '@bizq/sdk/contract'
import { negate, parseDecimal, toMoney, type Decimal } from '../decimal.ts'
import { parseCountry } from '../country.ts'
import type {
  FieldValue,
  ParsedError,
  ParsedItem,
  ParsedRecord,
  ParsingBusiness,
  Reference,
} from '../parsed-item.ts'
import { completeRecord } from '../records/complete.ts'
import { identify, refer } from '../records/identity.ts'
import { missingField } from '../records/pending.ts'
import { cleanLine, cleanText, plainWords } from '../text.ts'

export interface Party {
  name?: string | undefined
  tradingName?: string | undefined
  taxNumber?: string | undefined
  email?: string | undefined
  phone?: string | undefined
  street?: string | undefined
  city?: string | undefined
  postcode?: string | undefined
  region?: string | undefined
  country?: string | undefined
}

/** An electronic invoice by the terms of EN 16931, whichever syntax it came in. Amounts as written, in major units. */
export interface EInvoice {
  line: number
  /** BT-1 */
  number: string | undefined
  /** BT-2, `YYYY-MM-DD` */
  issuedAt: string | undefined
  /** BT-9 */
  dueAt: string | undefined
  /** BT-5 */
  currency: string
  /** 380 invoice, 381 credit note, … BT-3 */
  type: string | undefined
  /** BT-22 */
  notes: string[]
  seller: Party
  buyer: Party
  /** BT-84 */
  iban: string | undefined
  /** BT-109, BT-110, BT-112, BT-115 */
  net: string | undefined
  tax: string | undefined
  gross: string | undefined
  payable: string | undefined
}

/** What the business is on an invoice: the buyer owes a bill, the seller is owed an invoice. */
export type Role = 'buyer' | 'seller'

const creditTypes = new Set([
  '81',
  '83',
  '261',
  '262',
  '296',
  '308',
  '381',
  '396',
  '420',
  '458',
  '502',
  '503',
  '532',
])

/** The records of an invoice: the other party, and a bill or an invoice by who the business is. */
export function* invoiceItems(
  invoice: EInvoice,
  business: ParsingBusiness,
  given: Role | undefined,
): Generator<ParsedItem> {
  const role = given ?? roleOf(invoice, business)
  if (!role) {
    yield unknownRole(invoice, business)
    return
  }
  const other = role === 'buyer' ? supplierOf(invoice) : customerOf(invoice)
  if (other) yield other.item
  yield role === 'buyer'
    ? claim('bills', 'supplier', invoice, other?.reference)
    : claim('invoices', 'customer', invoice, other?.reference)
}

/** By tax number where both have one, else by name, without the legal form. */
function roleOf({ seller, buyer }: EInvoice, business: ParsingBusiness): Role | undefined {
  const own = (party: Party) => isSame(party, business)
  if (own(seller) === own(buyer)) return undefined
  return own(buyer) ? 'buyer' : 'seller'
}

function isSame(party: Party, business: ParsingBusiness): boolean {
  const [own, other] = [business.taxNumber, party.taxNumber].map((number) =>
    number?.replace(/[^A-Za-z0-9]/g, '').toUpperCase(),
  )
  if (own && other) return own === other
  const names = [party.name, party.tradingName].filter((name) => name !== undefined).map(bareName)
  return names.includes(bareName(business.name))
}

const legalForms =
  /\b(?:gmbh|ag|kg|ohg|ug|se|ltd|limited|llc|inc|plc|corp|bv|b v|nv|n v|sarl|sas|sa|srl|spa|sl|ab|as|aps|oy|e k|ek|co)\b/g

function bareName(name: string): string {
  const words = plainWords(name)
  return words.replace(legalForms, ' ').replace(/\s+/g, ' ').trim() || words
}

function unknownRole({ line, seller, buyer }: EInvoice, business: ParsingBusiness): ParsedError {
  const names = `seller “${seller.name ?? '?'}”, buyer “${buyer.name ?? '?'}”`
  return {
    kind: 'error',
    line,
    field: 'role',
    reason: `it does not say whether this is a bill or an invoice of ${business.name} (${names}). Import it again with the role buyer for a bill or seller for an invoice, or give the business the name or tax number that stands on it`,
    isRejected: true,
  }
}

function supplierOf({ seller, iban, line }: EInvoice) {
  const { region: _region, ...party } = partyFields(seller)
  return partyRecord('suppliers', { ...party, name: seller.name ?? seller.tradingName, iban }, line)
}

function customerOf({ buyer, line }: EInvoice) {
  const { name, ...party } = partyFields(buyer)
  return partyRecord('customers', { ...party, name: buyer.tradingName ?? name, company: name }, line)
}

function partyFields({ tradingName: _tradingName, country, ...party }: Party) {
  return { ...party, country: country && parseCountry(country) }
}

function partyRecord(
  dataset: 'suppliers' | 'customers',
  values: Record<string, string | undefined>,
  line: number,
): { reference: Reference; item: ParsedRecord } | undefined {
  const fields: Record<string, FieldValue> = {}
  for (const [name, value] of Object.entries(values)) if (value) fields[name] = cleanLine(value)
  completeRecord(dataset, fields, {}, '')
  const reference = refer({ dataset, fields, references: {}, origin: 'e-invoice' })
  if (!reference) return undefined
  const { key, aliases } = reference
  return { reference, item: { kind: 'record', line, dataset, key, aliases, fields, references: {} } }
}

function claim(
  dataset: 'bills' | 'invoices',
  via: 'supplier' | 'customer',
  invoice: EInvoice,
  party: Reference | undefined,
): ParsedItem {
  const { line, currency } = invoice
  const isCredit = creditTypes.has(invoice.type ?? '')
  const fields: Record<string, FieldValue> = {}
  const amounts = { amount: invoice.gross, taxAmount: invoice.tax, amountDue: invoice.payable }
  for (const [name, text] of Object.entries(amounts)) {
    if (text === undefined) continue
    const money = amountOf(text, currency, isCredit)
    if (!money)
      return {
        kind: 'error',
        line,
        field: name,
        reason: `“${text}” is no amount in ${currency}`,
        isRejected: true,
      }
    fields[name] = money
  }
  for (const [name, text] of Object.entries({
    number: invoice.number,
    issuedAt: invoice.issuedAt,
    dueAt: invoice.dueAt,
  })) {
    if (text) fields[name] = cleanLine(text)
  }
  if (invoice.notes.length) fields['notes'] = invoice.notes.map(cleanText).join('\n')
  const references: Record<string, Reference> = party ? { [via]: party } : {}
  const { missing, assumed } = completeRecord(dataset, fields, references, currency)
  if (missing.length) return missingField(line, missing)
  const identity = identify({ dataset, fields, references, origin: 'e-invoice' })
  return identity
    ? { kind: 'record', line, dataset, ...identity, fields, references, assumed }
    : missingField(line, ['number'])
}

/** A credit note states what is given back as positive amounts; what is owed shrinks by it. */
function amountOf(text: string, currency: string, isCredit: boolean): Money | undefined {
  const value: Decimal | undefined = parseDecimal(text, '.')
  return value && toMoney(isCredit ? negate(value) : value, currency)
}
