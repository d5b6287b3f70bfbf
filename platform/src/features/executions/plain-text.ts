import type { OutputProblem } from '@bizq/sdk/contract'

/** A guest's words as the database can keep them: without U+0000 and halves of surrogate pairs. */
export function plainText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed()
}

/** The same for every text within a value. */
export function plainValue(value: unknown): unknown {
  if (typeof value === 'string') return plainText(value)
  if (Array.isArray(value)) return value.map(plainValue)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [plainText(name), plainValue(each)]))
}

/** Where an output holds text that cannot be kept as it is. */
export function unstorable(value: unknown, pointer = ''): OutputProblem[] {
  if (typeof value === 'string') {
    return plainText(value) === value
      ? []
      : [{ pointer, detail: 'a text holds U+0000 or half of a surrogate pair' }]
  }
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, each]) => [
    ...unstorable(name, pointer),
    ...unstorable(each, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  ])
}
