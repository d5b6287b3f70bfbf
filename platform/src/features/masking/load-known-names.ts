import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { listParties, type Party, type Scope } from '../data/index.ts'
import { buildKnownNames, type KnownEntry, type KnownNames } from './redaction/known-names.ts'

/** The names, addresses and numbers of a business's own customers and suppliers, as the redaction looks for them. */
export async function loadKnownNames(unit: UnitOfWork, scope: Scope): Promise<KnownNames> {
  return buildKnownNames((await listParties(unit.tx, scope)).map(toEntry))
}

/** A party as the redaction looks for it. */
export function toEntry({ dataset, id, name, company, email, phone, street }: Party): KnownEntry {
  return { dataset, id, name, otherNames: company === null ? [] : [company], email, phone, street }
}
