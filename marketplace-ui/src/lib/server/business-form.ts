import type { NewBusiness } from '#lib/api/businesses.ts'
import { text } from '@bizq/app-kit/forms.ts'

const split = (value: string) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)

/** What a posted form says of a business. */
export function readBusiness(form: FormData): NewBusiness {
  const country = text(form, 'country').toUpperCase()
  return {
    name: text(form, 'name'),
    currency: text(form, 'currency').toUpperCase(),
    country,
    timeZone: text(form, 'timeZone'),
    locale: text(form, 'locale') || `en-${country}`,
    tags: split(text(form, 'tags')),
    domains: split(text(form, 'domains')),
    legalName: text(form, 'legalName') || null,
    taxNumber: text(form, 'taxNumber') || null,
    iban: text(form, 'iban').replaceAll(' ', '') || null,
  }
}

/** The choices of the form, named in the reader's language. */
export function businessChoices(language: string) {
  const regions = new Intl.DisplayNames(language, { type: 'region' })
  const currencies = new Intl.DisplayNames(language, { type: 'currency' })
  return {
    countries: countryCodes
      .map((value) => ({ value, label: regions.of(value) ?? value }))
      .sort((a, b) => a.label.localeCompare(b.label)),
    currencies: Intl.supportedValuesOf('currency').map((value) => ({
      value,
      label: `${value} · ${currencies.of(value) ?? value}`,
    })),
    timeZones: ['UTC', ...Intl.supportedValuesOf('timeZone')].map((value) => ({
      value,
      label: value.replaceAll('_', ' '),
    })),
  }
}

const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
/** ISO 3166-1 alpha-2 as far as the runtime has names for them. */
const countryCodes = letters.flatMap((a) =>
  letters
    .map((b) => a + b)
    .filter((code) => {
      if (['EU', 'UN', 'EZ', 'QO', 'XA', 'XB', 'ZZ', 'AC', 'CP', 'DG', 'EA', 'IC', 'TA', 'CQ'].includes(code))
        return false
      const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
      return names.of(code) !== undefined && new Intl.Locale(`und-${code}`).region === code
    }),
)
