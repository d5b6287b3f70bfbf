import type { ParsingBusiness } from '../parsed-item.ts'
import { find, findAll, textAt, type XmlElement } from '../xml.ts'
import type { EInvoice, Party } from './e-invoice.ts'

/** Reads a UBL 2.1 Invoice or CreditNote (OASIS), as Peppol, XRechnung and others profile it. */
export function readUbl(name: string, root: XmlElement, business: ParsingBusiness): EInvoice {
  const totals = find(root, 'LegalMonetaryTotal')
  const currency =
    textAt(root, 'DocumentCurrencyCode') ??
    find(totals, 'PayableAmount')?.attributes['currencyID'] ??
    business.currency
  return {
    line: root.line,
    number: textAt(root, 'ID'),
    issuedAt: day(textAt(root, 'IssueDate')),
    dueAt: day(
      textAt(root, 'DueDate') ??
        textAt(root, 'PaymentMeans', 'PaymentDueDate') ??
        textAt(root, 'PaymentTerms', 'PaymentDueDate'),
    ),
    currency,
    type: name === 'CreditNote' ? '381' : textAt(root, 'InvoiceTypeCode'),
    notes: findAll(root, 'Note')
      .map(({ text }) => text)
      .filter((text) => text !== ''),
    seller: readParty(find(root, 'AccountingSupplierParty', 'Party')),
    buyer: readParty(find(root, 'AccountingCustomerParty', 'Party')),
    iban: textAt(root, 'PaymentMeans', 'PayeeFinancialAccount', 'ID'),
    net: textAt(totals, 'TaxExclusiveAmount'),
    tax: taxIn(root, currency),
    gross: textAt(totals, 'TaxInclusiveAmount'),
    payable: textAt(totals, 'PayableAmount'),
  }
}

function readParty(party: XmlElement | undefined): Party {
  const address = find(party, 'PostalAddress')
  const vat = findAll(party, 'PartyTaxScheme').find((scheme) => textAt(scheme, 'TaxScheme', 'ID') === 'VAT')
  const registered = textAt(party, 'PartyLegalEntity', 'RegistrationName')
  const trading = textAt(party, 'PartyName', 'Name')
  return {
    name: registered ?? trading,
    tradingName: trading,
    taxNumber: textAt(vat, 'CompanyID'),
    email: textAt(party, 'Contact', 'ElectronicMail') ?? electronicAddress(find(party, 'EndpointID')),
    phone: textAt(party, 'Contact', 'Telephone'),
    street: textAt(address, 'StreetName'),
    city: textAt(address, 'CityName'),
    postcode: textAt(address, 'PostalZone'),
    region: textAt(address, 'CountrySubentity'),
    country: textAt(address, 'Country', 'IdentificationCode'),
  }
}

function electronicAddress(endpoint: XmlElement | undefined): string | undefined {
  return endpoint?.attributes['schemeID'] === 'EM' ? endpoint.text : undefined
}

/** An invoice may state its tax twice, the second time in the currency of the tax office. */
function taxIn(root: XmlElement, currency: string): string | undefined {
  const amounts = findAll(root, 'TaxTotal', 'TaxAmount')
  return (amounts.find(({ attributes }) => attributes['currencyID'] === currency) ?? amounts[0])?.text
}

function day(text: string | undefined): string | undefined {
  return text?.slice(0, 10)
}
