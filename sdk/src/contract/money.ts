import { z } from 'zod'

/** ISO 4217 code in capitals, e.g. `GBP`. */
export const CurrencyCode = z.string().regex(/^[A-Z]{3}$/, 'must be a three-letter ISO 4217 code in capitals')
export type CurrencyCode = z.infer<typeof CurrencyCode>

/** An amount in minor units of its currency (pence, cents, yen): an integer within ±(2^53 − 1). */
export const Money = z.object({ amount: z.int(), currency: CurrencyCode })
export type Money = z.infer<typeof Money>

export { currencyExponent, fromMajor, usd } from './currency.ts'
