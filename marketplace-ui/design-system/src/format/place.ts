import { getContext, setContext } from 'svelte'

/** For whom a page writes its money, dates and numbers. */
export interface Place {
  /** How the business writes its figures. */
  locale: string
  timeZone: string
  /** In which words are: the reader's, `en` where none is named. */
  language?: string
}

const key = Symbol('place')
const fallback: Place = { locale: 'en-GB', timeZone: 'UTC' }

/** Sets the place of everything below this component; a function, so that it may change. */
export function setPlace(place: () => Place): void {
  setContext(key, place)
}

/** The nearest place above. */
export function getPlace(): () => Place {
  return getContext<(() => Place) | undefined>(key) ?? (() => fallback)
}

/** The locale in which a business of this country writes, in the reader's language: `en` and `DE` give `en-DE`. */
export function localeOf(language: string, country: string | null | undefined): string {
  const base = language.split('-')[0] ?? 'en'
  return country && /^[A-Z]{2}$/.test(country) ? `${base}-${country}` : language
}
