import { datasetNames, datasetOf, isPersonalField, type Manifest } from '@bizq/sdk/contract'
import type { Finding } from './check.ts'
import type { Examined, Trial } from './examined.ts'
import type { Case } from './inputs/case.ts'
import { changeValues } from './inputs/change.ts'

/** Personal values as they would stand in a text if redaction had missed them. */
const planted = [
  'Wilhelmina Okonkwo-Fairweather',
  'w.okonkwo.fairweather@mailbox.example',
  '+44 7700 900461',
  '17 Quillfeather Terrace',
  'GB33BUKB20201555555555',
]

const hexOf = (text: string) => new TextEncoder().encode(text).toHex()
const base64Of = (text: string) => new TextEncoder().encode(text).toBase64().replace(/=+$/, '')

/** The forms in which a value may come back out: whole, in parts of four or more characters, folded, reversed and encoded. */
export function formsOf(value: string): string[] {
  const parts = value.split(/[^\p{L}\p{N}]+/u).filter((part) => part.length >= 4)
  const cased = [value, ...parts].flatMap((form) => [form, form.toLowerCase(), form.toUpperCase()])
  const forms = cased.flatMap((form) => [
    form,
    hexOf(form),
    base64Of(form),
    encodeURIComponent(form),
    Array.from(form).toReversed().join(''),
  ])
  return [...new Set(forms.map((form) => form.toLowerCase()))]
}

const allForms = planted.map((value) => ({ value, forms: formsOf(value) }))

/** Whether a provider receives anything in which a personal value could stand. */
export function receivesWords(manifest: Manifest): boolean {
  return datasetNames.some((name) =>
    manifest.data[name]?.fields.some((field) => {
      const definition = datasetOf(name).fields[field]
      return definition !== undefined && (definition.kind === 'text' || isPersonalField(definition))
    }),
  )
}

/** A case whose texts and personal fields hold the planted values. */
export function plant(of: Case): Case {
  let next = 0
  const value = () => planted[next++ % planted.length] ?? ''
  const books = changeValues(of.books, (given, field) => {
    if (field.kind === 'text' && given !== null) return `Spoke to ${value()} about it`
    return isPersonalField(field) ? value() : given
  })
  return { ...of, name: `${of.name}, with personal values planted`, books: withPersonalFields(books, value) }
}

/** The personal fields that generated rows do not hold. */
function withPersonalFields(books: Case['books'], value: () => string): Case['books'] {
  return Object.fromEntries(
    Object.entries(books).map(([dataset, rows]) => {
      const { fields } = datasetOf(dataset as keyof Case['books'])
      const missing = Object.keys(fields).filter((name) => fields[name] && isPersonalField(fields[name]))
      return [
        dataset,
        rows?.map((row) => ({ ...Object.fromEntries(missing.map((name) => [name, value()])), ...row })),
      ]
    }),
  )
}

/** Which planted values stand in a text, in whatever form. */
export function findPlanted(text: string, where: string): Finding[] {
  const folded = text.toLowerCase()
  return allForms.flatMap(({ value, forms }) => {
    const found = forms.find((form) => folded.includes(form))
    if (found === undefined) return []
    return [{ detail: `${where} holds “${found}”, of the planted “${value}”`, expected: 'none of it' }]
  })
}

/** The trials with planted values in two ordinary businesses. */
export async function plantedTrials(examined: Examined): Promise<Trial[]> {
  return Promise.all(examined.cases.slice(0, 2).map((of) => examined.trial(planting(of))))
}

const plantings = new WeakMap<Case, Case>()

/** The same case for the same case, so that it runs once for all checks that look at it. */
function planting(of: Case): Case {
  const known = plantings.get(of) ?? plant(of)
  plantings.set(of, known)
  return known
}
