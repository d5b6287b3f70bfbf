import { en } from './en.ts'

type Words<T> = { readonly [K in keyof T]: T[K] extends string ? string : Words<T[K]> }
/** The words of one language: every language has exactly the keys of English. */
export type Messages = Words<typeof en>

const languages: Readonly<Record<string, Messages>> = { en }

/** The words for a locale (BCP 47): its language where there is one, else English. */
export function messagesFor(locale: string): Messages {
  return languages[new Intl.Locale(locale).language] ?? en
}
