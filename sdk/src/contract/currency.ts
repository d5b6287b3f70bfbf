import type { Money } from './money.ts'

const exponents: Record<string, number> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
}

/** How many decimal places the currency's minor unit has: 2 unless ISO 4217 says otherwise. */
export function currencyExponent(currency: string): number {
  return exponents[currency] ?? 2
}

/** US dollars as money: `usd(8)` is $8.00. Throws a RangeError below a cent. */
export function usd(dollars: number): Money {
  return fromMajor(dollars, 'USD')
}

/** Money from major units: `fromMajor(12.5, 'GBP')` is £12.50. Throws a RangeError if that is not a whole number of minor units. */
export function fromMajor(major: number, currency: string): Money {
  const amount = Math.round(major * 10 ** currencyExponent(currency))
  if (!Number.isSafeInteger(amount) || Math.abs(amount / 10 ** currencyExponent(currency) - major) > 1e-9) {
    throw new RangeError(`${major} ${currency} is not a whole number of minor units`)
  }
  return { amount, currency }
}

/** The currencies that a card can be charged in (https://docs.stripe.com/currencies, presentment currencies). */
const chargeable: ReadonlySet<string> = new Set(
  `USD AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY COP CRC
  CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY KES KGS KHR
  KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
  PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TND TOP TRY TTD TWD TZS UAH UGX UYU
  UZS VND VUV WST XAF XCD XOF XPF YER ZAR ZMW`.split(/\s+/),
)

/** Whether a card can be charged in this currency (ISO 4217, capitals). */
export function isChargeable(currency: string): boolean {
  return chargeable.has(currency)
}
