import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireBusinessRow } from '../businesses/index.ts'
import { loadKnownNames } from './load-known-names.ts'
import { redact } from './redaction/redact.ts'
import { assemble } from './redaction/segment.ts'

const nouns = { customers: '[customer]', suppliers: '[supplier]' } as const

/**
 * Words of a person about a business (UUID) as its provider may read them: redacted as every text is,
 * with `[customer]` and `[supplier]` where one of its own is named.
 */
export async function redactWords(unit: UnitOfWork, business: string, words: string): Promise<string> {
  const { country } = await requireBusinessRow(unit, business)
  const scope = { organisation: unit.actor.organisation, business }
  const known = await loadKnownNames(unit, scope)
  return assemble(redact(words, known, { country }), (dataset) => nouns[dataset])
}
