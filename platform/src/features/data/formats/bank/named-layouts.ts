import type { BankLayout } from './layout.ts'

/**
 * Layouts with column names. What each column means follows bank2ynab.conf (github bank2ynab/bank2ynab, MIT),
 * sample files, and the banks' own column names.
 */
export const namedLayouts: readonly BankLayout[] = [
  {
    name: 'nl-bunq',
    label: 'bunq',
    columns:
      'Date=bookedAt;Amount=amount;Account=account.iban;Counterparty=counterpartyIban;Name=counterpartyText;Description=description',
    dateOrder: 'ymd',
    currency: 'EUR',
  },
  {
    name: 'nl-bunq',
    label: 'bunq',
    columns:
      'Datum=bookedAt;Bedrag=amount;Rekening=account.iban;Tegenrekening=counterpartyIban;Naam=counterpartyText;Omschrijving=description',
    dateOrder: 'ymd',
    decimal: ',',
    currency: 'EUR',
  },
  {
    name: 'uk-monzo',
    label: 'Monzo',
    columns:
      'id=id;created=bookedAt;amount=amount;currency=currency;category=merchantCategory;description=counterpartyText;notes=description',
    dateOrder: 'ymd',
    decimal: '.',
  },
  {
    name: 'uk-monzo',
    label: 'Monzo',
    columns:
      'Transaction ID=id;Date=bookedAt;Name=counterpartyText;Category=merchantCategory;Amount=amount;Currency=currency;Notes and #tags=description;Description=description',
    dateOrder: 'dmy',
    decimal: '.',
  },
  {
    name: 'de-n26',
    label: 'N26',
    columns:
      'Datum=bookedAt;Empfänger=counterpartyText;Kontonummer=counterpartyIban;Verwendungszweck=description;Kategorie=merchantCategory;Betrag (EUR)=amount',
    dateOrder: 'ymd',
    decimal: '.',
    currency: 'EUR',
  },
  {
    name: 'n26',
    label: 'N26',
    columns:
      'Date=bookedAt;Payee=counterpartyText;Account number=counterpartyIban;Payment reference=description;Amount (EUR)=amount',
    dateOrder: 'ymd',
    decimal: '.',
    currency: 'EUR',
  },
  {
    name: 'n26',
    label: 'N26',
    columns:
      'Booking Date=bookedAt;Value Date=valueAt;Partner Name=counterpartyText;Partner Iban=counterpartyIban;Payment Reference=description;Amount (EUR)=amount',
    dateOrder: 'ymd',
    decimal: '.',
    currency: 'EUR',
  },
  {
    name: 'be-kbc-card',
    label: 'KBC card',
    columns:
      'kredietkaart=account.number;datum verrichting=valueAt;Datum verrekening=bookedAt;bedrag in EUR=amount;Handelaar=counterpartyText;toelichting=description',
    dateOrder: 'dmy',
    decimal: ',',
    currency: 'EUR',
  },
  {
    name: 'be-kbc',
    label: 'KBC',
    columns:
      'Rekeningnummer=account.iban;Munt=currency;Datum=bookedAt;Omschrijving=description;Valuta=valueAt;Bedrag=amount;Saldo=balance;rekeningnummer tegenpartij=counterpartyIban;Naam tegenpartij=counterpartyText',
    dateOrder: 'dmy',
    decimal: ',',
  },
  {
    name: 'be-bnp-paribas-fortis',
    label: 'BNP Paribas Fortis',
    columns:
      'Uitvoeringsdatum=bookedAt;Valutadatum=valueAt;Bedrag=amount;Valuta rekening=currency;Rekeningnummer=account.iban;Tegenpartij=counterpartyIban;Naam van de tegenpartij=counterpartyText;Mededeling=description;Details=description',
    dateOrder: 'dmy',
    decimal: ',',
    only: { Status: ['Geaccepteerd', ''] },
  },
  {
    name: 'ie-bank-of-ireland',
    label: 'Bank of Ireland',
    columns: 'Date=bookedAt;Details=description;Debit=amountOut;Credit=amountIn;Balance=balance',
    dateOrder: 'dmy',
    decimal: '.',
  },
  {
    name: 'ie-aib',
    label: 'AIB',
    columns:
      'Posted Account=account.name;Posted Transactions Date=bookedAt;Description1=description;Debit Amount=amountOut;Credit Amount=amountIn;Balance=balance',
    dateOrder: 'dmy',
    decimal: '.',
  },
  {
    name: 'ie-ulster',
    label: 'Ulster Bank',
    columns:
      'Date=bookedAt;Type=merchantCategory;Description=description;Value=amount;Balance=balance;Account Name=account.name;Account Number=account.number',
    dateOrder: 'dmy',
    decimal: '.',
  },
  {
    name: 'cz-ceska-sporitelna',
    label: 'Česká spořitelna',
    columns:
      'Posting date=bookedAt;Amount CZK=amount;Bank account details=counterpartyIban;Execution date=valueAt;Counteraccount name=counterpartyText;Message for payee=description;Transaction reference number=reference',
    dateOrder: 'ymd',
    decimal: ',',
    currency: 'CZK',
    encoding: 'windows-1250',
  },
  {
    name: 'cz-ceska-sporitelna',
    label: 'Česká spořitelna',
    columns:
      'Datum zaúčtování=bookedAt;Částka CZK=amount;Bankovní spojení=counterpartyIban;Datum provedení=valueAt;Název protiúčtu=counterpartyText;Zpráva pro příjemce=description;Referenční číslo transakce=reference',
    dateOrder: 'ymd',
    decimal: ',',
    currency: 'CZK',
    encoding: 'windows-1250',
  },
  {
    name: 'de-commerzbank',
    label: 'Commerzbank',
    columns:
      'Buchungstag=bookedAt;Wertstellung=valueAt;Umsatzart=merchantCategory;Buchungstext=description;Betrag=amount;Währung=currency;IBAN Auftraggeberkonto=account.iban',
    dateOrder: 'dmy',
    decimal: ',',
  },
  {
    name: 'de-dkb',
    label: 'DKB',
    columns:
      'Buchungsdatum=bookedAt;Wertstellung=valueAt;Zahlungsempfänger*in=counterpartyText;Verwendungszweck=description;IBAN=counterpartyIban;Betrag (€)=amount',
    dateOrder: 'dmy',
    decimal: ',',
    currency: 'EUR',
  },
  {
    name: 'de-dkb',
    label: 'DKB',
    columns:
      'Buchungstag=bookedAt;Wertstellung=valueAt;Auftraggeber / Begünstigter=counterpartyText;Verwendungszweck=description;Kontonummer=counterpartyIban;Betrag (EUR)=amount',
    dateOrder: 'dmy',
    decimal: ',',
    currency: 'EUR',
  },
  {
    name: 'de-sparkasse',
    label: 'Sparkasse',
    columns:
      'Auftragskonto=account.iban;Buchungstag=bookedAt;Valutadatum=valueAt;Verwendungszweck=description;Beguenstigter/Zahlungspflichtiger=counterpartyText;Kontonummer/IBAN=counterpartyIban;Betrag=amount;Waehrung=currency',
    dateOrder: 'dmy',
    decimal: ',',
  },
  {
    name: 'de-ing',
    label: 'ING',
    columns:
      'Buchung=bookedAt;Valuta=valueAt;Auftraggeber/Empfänger=counterpartyText;Verwendungszweck=description;Betrag=amount;Währung=currency',
    dateOrder: 'dmy',
    decimal: ',',
  },
  {
    name: 'de-volksbank',
    label: 'Volksbank',
    columns:
      'IBAN Auftragskonto=account.iban;Buchungstag=bookedAt;Valutadatum=valueAt;Name Zahlungsbeteiligter=counterpartyText;IBAN Zahlungsbeteiligter=counterpartyIban;Verwendungszweck=description;Betrag=amount;Waehrung=currency;Saldo nach Buchung=balance',
    dateOrder: 'dmy',
    decimal: ',',
  },
  {
    name: 'nl-ing',
    label: 'ING',
    columns:
      'Datum=bookedAt;Naam / Omschrijving=counterpartyText;Rekening=account.iban;Tegenrekening=counterpartyIban;Af Bij=direction;Bedrag (EUR)=amount;Mededelingen=description',
    dateOrder: 'ymd',
    decimal: ',',
    currency: 'EUR',
    outMarks: ['Af'],
  },
  {
    name: 'nl-ing',
    label: 'ING',
    columns:
      'Date=bookedAt;Name / Description=counterpartyText;Account=account.iban;Counterparty=counterpartyIban;Debit/credit=direction;Amount (EUR)=amount;Notifications=description',
    dateOrder: 'ymd',
    decimal: ',',
    currency: 'EUR',
    outMarks: ['Debit'],
  },
  {
    name: 'nl-rabobank',
    label: 'Rabobank',
    columns:
      'IBAN/BBAN=account.iban;Munt=currency;Volgnr=id;Datum=bookedAt;Rentedatum=valueAt;Bedrag=amount;Saldo na trn=balance;Tegenrekening IBAN/BBAN=counterpartyIban;Naam tegenpartij=counterpartyText;Betalingskenmerk=reference;Omschrijving-1=description;Omschrijving-2=description;Omschrijving-3=description',
    dateOrder: 'ymd',
    decimal: ',',
  },
  {
    name: 'nl-knab',
    label: 'Knab',
    columns:
      'Rekeningnummer=account.iban;Transactiedatum=bookedAt;Valutacode=currency;CreditDebet=direction;Bedrag=amount;Tegenrekeningnummer=counterpartyIban;Tegenrekeninghouder=counterpartyText;Valutadatum=valueAt;Omschrijving=description;Referentie=reference',
    dateOrder: 'dmy',
    decimal: ',',
    outMarks: ['D'],
  },
  {
    name: 'revolut',
    label: 'Revolut',
    isAccountPerCurrency: true,
    columns:
      'Product=account.name;Completed Date=bookedAt;Description=counterpartyText&description;Amount=amount;Fee=fee;Currency=currency;State=state;Balance=balance',
    dateOrder: 'ymd',
    decimal: '.',
    only: { State: ['COMPLETED'] },
  },
  {
    name: 'uk-first-direct',
    label: 'first direct',
    columns: 'Date=bookedAt;Description=description;Amount=amount;Balance=balance',
    dateOrder: 'dmy',
    decimal: '.',
  },
  {
    name: 'us-chase-card',
    label: 'Chase card',
    columns:
      'Transaction Date=valueAt;Post Date=bookedAt;Description=counterpartyText;Category=merchantCategory;Amount=amount',
    dateOrder: 'mdy',
    decimal: '.',
    currency: 'USD',
  },
  {
    name: 'us-chase',
    label: 'Chase',
    columns:
      'Posting Date=bookedAt;Description=description;Amount=amount;Type=merchantCategory;Balance=balance;Check or Slip #=reference',
    dateOrder: 'mdy',
    decimal: '.',
    currency: 'USD',
  },
  {
    name: 'us-bank-of-america-card',
    label: 'Bank of America card',
    columns: 'Posted Date=bookedAt;Reference Number=reference;Payee=counterpartyText;Amount=amount',
    dateOrder: 'mdy',
    decimal: '.',
    currency: 'USD',
  },
  {
    name: 'us-bank-of-america',
    label: 'Bank of America',
    columns: 'Date=bookedAt;Description=description;Amount=amount;Running Bal.=balance',
    dateOrder: 'mdy',
    decimal: '.',
    currency: 'USD',
  },
  {
    name: 'dk-danske-bank',
    label: 'Danske Bank',
    columns: 'Dato=bookedAt;Kategori=merchantCategory;Tekst=description;Beløb=amount;Saldo=balance',
    dateOrder: 'dmy',
    decimal: ',',
    currency: 'DKK',
  },
  {
    name: 'se-nordea',
    label: 'Nordea',
    columns:
      'Bokföringsdag=bookedAt;Belopp=amount;Namn=counterpartyText;Rubrik=description;Saldo=balance;Valuta=currency',
    dateOrder: 'ymd',
    decimal: ',',
  },
  {
    name: 'paypal',
    label: 'PayPal',
    isAccountPerCurrency: true,
    columns:
      'Date=bookedAt;Name=counterpartyText;Type=merchantCategory;Currency=currency;Net=amount;Transaction ID=id;Item Title=description;Subject=description;Status=state;Balance=balance;Balance Impact=state',
    dateOrder: 'dmy',
    only: { Status: ['Completed'], 'Balance Impact': ['Credit', 'Debit'] },
  },
  {
    name: 'stripe',
    label: 'Stripe',
    isAccountPerCurrency: true,
    columns:
      'balance_transaction_id=id;created_utc=bookedAt;available_on_utc=valueAt;currency=currency;net=amount;reporting_category=merchantCategory;source_id=reference;description=description',
    dateOrder: 'ymd',
    decimal: '.',
  },
]
