/** Codes that stand for a country in exports although ISO 3166-1 gives them no such meaning, and names that no locale has. */
const special: Record<string, string> = {
  uk: 'GB',
  eire: 'IE',
  usa: 'US',
  'u s a': 'US',
  'united states of america': 'US',
  rsa: 'ZA',
  uae: 'AE',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  'great britain': 'GB',
  holland: 'NL',
  'czech republic': 'CZ',
  'russian federation': 'RU',
  'korea republic of': 'KR',
  'hong kong': 'HK',
  macao: 'MO',
  turkey: 'TR',
}

const names = countryNames()
const codes = new Set(names.values())

function countryNames(): Map<string, string> {
  const found = new Map<string, string>()
  const english = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })
  const locales = ['en', 'de', 'fr', 'nl', 'es', 'it', 'pt'].map(
    (locale) => new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' }),
  )
  for (const code of twoLetterCodes()) {
    if (!english.of(code) || code === 'EU' || code === 'UN' || code === 'ZZ' || code === 'EZ') continue
    if (new Intl.Locale(`und-${code}`).region !== code) continue
    for (const locale of locales) {
      const name = locale.of(code)
      if (name && !found.has(plain(name))) found.set(plain(name), code)
    }
  }
  for (const [name, code] of Object.entries(special)) found.set(name, code)
  return found
}

function* twoLetterCodes() {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
  for (const a of letters) for (const b of letters) yield a + b
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}]+/gu, ' ')
    .trim()
    .toLowerCase()
}

/** ISO 3166-1 alpha-2 of a country's code or name in English, German, French, Dutch, Spanish, Italian or Portuguese. */
export function parseCountry(text: string): string | undefined {
  const cell = text.trim()
  const code = cell.toUpperCase()
  if (codes.has(code)) return code
  return names.get(plain(cell))
}
