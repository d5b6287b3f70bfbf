import type { ParsingBusiness } from '../parsed-item.ts'
import { parseDate, toDay } from '../dates.ts'
import { find, findAll, textAt, type XmlElement } from '../xml.ts'
import type { EInvoice, Party } from './e-invoice.ts'

/** Reads a Cross Industry Invoice (UN/CEFACT D16B), the XML inside ZUGFeRD and Factur-X. */
export function readCii(root: XmlElement, business: ParsingBusiness): EInvoice {
  const document = find(root, 'ExchangedDocument')
  const trade = find(root, 'SupplyChainTradeTransaction')
  const agreement = find(trade, 'ApplicableHeaderTradeAgreement')
  const settlement = find(trade, 'ApplicableHeaderTradeSettlement')
  const totals = find(settlement, 'SpecifiedTradeSettlementHeaderMonetarySummation')
  const currency = textAt(settlement, 'InvoiceCurrencyCode') ?? business.currency
  const taxes = findAll(totals, 'TaxTotalAmount')
  return {
    line: root.line,
    number: textAt(document, 'ID'),
    issuedAt: day(textAt(document, 'IssueDateTime', 'DateTimeString')),
    dueAt: day(textAt(settlement, 'SpecifiedTradePaymentTerms', 'DueDateDateTime', 'DateTimeString')),
    currency,
    type: textAt(document, 'TypeCode'),
    notes: findAll(document, 'IncludedNote', 'Content')
      .map(({ text }) => text)
      .filter((text) => text !== ''),
    seller: readParty(find(agreement, 'SellerTradeParty')),
    buyer: readParty(find(agreement, 'BuyerTradeParty')),
    iban: textAt(
      settlement,
      'SpecifiedTradeSettlementPaymentMeans',
      'PayeePartyCreditorFinancialAccount',
      'IBANID',
    ),
    net: textAt(totals, 'TaxBasisTotalAmount'),
    tax: (taxes.find(({ attributes }) => attributes['currencyID'] === currency) ?? taxes[0])?.text,
    gross: textAt(totals, 'GrandTotalAmount'),
    payable: textAt(totals, 'DuePayableAmount'),
  }
}

function readParty(party: XmlElement | undefined): Party {
  const address = find(party, 'PostalTradeAddress')
  const contact = find(party, 'DefinedTradeContact')
  const registrations = findAll(party, 'SpecifiedTaxRegistration', 'ID')
  const uri = find(party, 'URIUniversalCommunication', 'URIID')
  return {
    name: textAt(party, 'Name'),
    tradingName: textAt(party, 'SpecifiedLegalOrganization', 'TradingBusinessName'),
    taxNumber: registrations.find(({ attributes }) => attributes['schemeID'] === 'VA')?.text,
    email:
      textAt(contact, 'EmailURIUniversalCommunication', 'URIID') ??
      (uri?.attributes['schemeID'] === 'EM' ? uri.text : undefined),
    phone: textAt(contact, 'TelephoneUniversalCommunication', 'CompleteNumber'),
    street: textAt(address, 'LineOne'),
    city: textAt(address, 'CityName'),
    postcode: textAt(address, 'PostcodeCode'),
    region: textAt(address, 'CountrySubDivisionName'),
    country: textAt(address, 'CountryID'),
  }
}

/** Format 102 of UN/EDIFACT 2379: CCYYMMDD. */
function day(text: string | undefined): string | undefined {
  const date = text === undefined ? undefined : parseDate(text, 'ymd')
  return date && toDay(date)
}
