import { currencyExponent, type Money } from '@bizq/sdk/contract'

/**
 * How many major units of a currency stand for one unit of the limits: round figures near the value
 * of a dollar, so that "100" means about the same everywhere. Others count one to one.
 */
const majorUnits: Record<string, number> = {
  AED: 5,
  AUD: 1,
  BRL: 5,
  CAD: 1,
  CHF: 1,
  CLP: 1_000,
  CNY: 10,
  COP: 5_000,
  CZK: 20,
  DKK: 10,
  EUR: 1,
  GBP: 1,
  HKD: 10,
  HUF: 500,
  IDR: 20_000,
  ILS: 5,
  INR: 100,
  ISK: 100,
  JPY: 100,
  KES: 100,
  KRW: 1_000,
  KWD: 0.5,
  MXN: 20,
  MYR: 5,
  NGN: 1_000,
  NOK: 10,
  NZD: 1,
  PHP: 50,
  PKR: 200,
  PLN: 5,
  RON: 5,
  SAR: 5,
  SEK: 10,
  SGD: 1,
  THB: 50,
  TRY: 50,
  TWD: 50,
  UAH: 50,
  USD: 1,
  VND: 20_000,
  ZAR: 20,
}

/** An amount in units of the table: £80 is 80, ¥8,000 is 80. */
export function tableUnits({ amount, currency }: Money): number {
  return amount / 10 ** currencyExponent(currency) / (majorUnits[currency] ?? 1)
}
