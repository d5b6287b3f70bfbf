import type { Option } from '@bizq/design-system'

/** What has a name for Intl but is no country: parts of countries, unions, and places for trying out. */
const noCountries = new Set('AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ'.split(' '))
const letters = Array.from({ length: 26 }, (_, at) => String.fromCodePoint(65 + at))

/** Every country by its name, for a list to choose from. */
export function countries(locale: string): Option[] {
  const names = new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' })
  return letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => !noCountries.has(code) && isOfToday(code))
    .flatMap((code) => {
      const name = names.of(code)
      return name === undefined ? [] : [{ value: code, label: name }]
    })
    .toSorted((a, b) => a.label.localeCompare(b.label, locale))
}

/** A code of the past is written as the one that took its place. */
const isOfToday = (code: string): boolean => new Intl.Locale(`und-${code}`).region === code
