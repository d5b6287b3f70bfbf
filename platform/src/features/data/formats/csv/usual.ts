import type { DateOrder } from '../dates.ts'
import type { DecimalMark } from '../decimal.ts'

const pointCountries = new Set(
  'US GB IE AU NZ CA IN SG HK MY PH TH JP CN KR TW IL MX CH ZA NG KE PK'.split(' '),
)

/** The decimal mark of a country, for a file in which no cell tells. */
export function usualDecimalMark(country: string | undefined, cells: readonly string[]): DecimalMark {
  if (!country || cells.every((cell) => /^-?\d+$/.test(cell))) return '.'
  return pointCountries.has(country) ? '.' : ','
}

/** Only the United States write the month first. */
export function usualDateOrder(country: string | undefined): DateOrder {
  return country === 'US' ? 'mdy' : 'dmy'
}

const signs: Record<string, string> = {
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  '₽': 'RUB',
  '₺': 'TRY',
  '₩': 'KRW',
  zł: 'PLN',
  Kč: 'CZK',
  R$: 'BRL',
}

/** The currency that all amounts carry, where they carry one and its sign is of one currency only. */
export function currencyOf(cells: readonly string[]): string | null {
  const found = new Set(
    cells.map(
      (cell) =>
        /(?<![A-Z])[A-Z]{3}(?![A-Z])/.exec(cell)?.[0] ?? signs[/€|£|₹|₽|₺|₩|zł|Kč|R\$/.exec(cell)?.[0] ?? ''],
    ),
  )
  const [only] = found
  return found.size === 1 && only ? only : null
}
