import { z } from '@hono/zod-openapi'
import { CurrencyCode, idPrefixes, idSchema } from '@bizq/sdk/contract'

export const BusinessId = idSchema(idPrefixes.business)

/** By its present name or an older one (Asia/Kolkata, Asia/Calcutta); an offset is no zone. */
function isTimeZone(name: string): boolean {
  try {
    return (
      /^[a-z]/i.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions() !== null
    )
  } catch {
    return false
  }
}
/** One whose formats are known here. */
function isLocale(name: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(name).length === 1
  } catch {
    return false
  }
}

const fields = {
  name: z.string().trim().min(1).max(200),
  legalName: z.string().trim().max(200).nullable(),
  taxNumber: z.string().trim().max(50).nullable(),
  iban: z.string().trim().max(42).nullable(),
  domains: z.array(z.hostname().max(253)).max(20),
  currency: CurrencyCode.refine(
    (code) => Intl.supportedValuesOf('currency').includes(code),
    'is not a currency in use',
  ),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be a two-letter ISO 3166 code in capitals'),
  timeZone: z.string().max(60).refine(isTimeZone, 'must be an IANA time zone such as Europe/London'),
  locale: z.string().max(35).refine(isLocale, 'must be a language tag such as en-GB'),
  tags: z.array(z.string().trim().min(1).max(50)).max(50),
}

export const NewBusiness = z
  .object({
    ...fields,
    legalName: fields.legalName.default(null),
    taxNumber: fields.taxNumber.default(null),
    iban: fields.iban.default(null),
    domains: fields.domains.default([]),
    locale: fields.locale.default('en-GB'),
    tags: fields.tags.default([]),
  })
  .openapi('NewBusiness')

export const BusinessChange = z
  .object(fields)
  .partial()
  .extend({ isArchived: z.boolean().optional() })
  .openapi('BusinessChange')

export const Business = z
  .object({
    id: BusinessId,
    name: z.string(),
    legalName: z.string().nullable(),
    taxNumber: z.string().nullable(),
    iban: z.string().nullable(),
    domains: z.array(z.string()),
    currency: z.string(),
    country: z.string(),
    timeZone: z.string(),
    locale: z.string(),
    tags: z.array(z.string()),
    isFenced: z.boolean(),
    createdAt: z.iso.datetime(),
  })
  .openapi('Business')
