import type { Schemas } from '@bizq/client'
import { m } from '#lib/paraglide/messages.js'
import { datasetWord, humanise } from '#lib/words.ts'

export type AskedPersonalField = Schemas['AskedPersonalField']

export const keyOfField = ({ dataset, field }: AskedPersonalField): string => `${dataset}.${field}`

/** `Email of customers`. */
export function fieldWord({ dataset, field }: AskedPersonalField): string {
  return m.personal_field({ field: humanise(field), dataset: datasetWord(dataset).toLowerCase() })
}

/** The same within a sentence. */
export const fieldWithin = (one: AskedPersonalField): string =>
  fieldWord(one).charAt(0).toLowerCase() + fieldWord(one).slice(1)

/** Several of them in a sentence. */
export function fieldWords(fields: readonly AskedPersonalField[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(fields.map(fieldWithin))
}

/** What the service cannot do without, and is not chosen. */
export const missing = (asked: readonly AskedPersonalField[]): AskedPersonalField[] =>
  asked.filter(({ isOptional, isGranted }) => !isOptional && !isGranted)

/** Whether somebody of this role may agree to what is shown: personal data is an owner’s to give. */
export function mayAgree(asked: readonly AskedPersonalField[], role: string | null): boolean {
  const isPersonal = asked.some(({ isGranted }) => isGranted)
  return missing(asked).length === 0 && (!isPersonal || role === 'owner')
}
