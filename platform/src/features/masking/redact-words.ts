import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireBusinessRow } from '../businesses/index.ts'
import { listParties, type Party } from '../data/index.ts'
import { buildKnownNames, type KnownEntry } from './redaction/known-names.ts'
import { redact } from './redaction/redact.ts'
import { assemble } from './redaction/segment.ts'

function toEntry({ dataset, id, name, company, email, phone, street }: Party): KnownEntry {
  return { dataset, id, name, otherNames: company === null ? [] : [company], email, phone, street }
}

const nouns = { customers: '[customer]', suppliers: '[supplier]' } as const

/**
 * Words of a person about a business (UUID) as its provider may read them: redacted as every text is,
 * with `[customer]` and `[supplier]` where one of its own is named.
 */
export async function redactWords(unit: UnitOfWork, business: string, words: string): Promise<string> {
  const { country } = await requireBusinessRow(unit, business)
  const scope = { organisation: unit.actor.organisation, business }
  const known = buildKnownNames((await listParties(unit.tx, scope)).map(toEntry))
  return assemble(redact(words, known, { country }), (dataset) => nouns[dataset])
}
