import { assembleText } from '@bizq/sdk/contract/host'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireBusinessRow } from '../businesses/index.ts'
import { listParties } from '../data/index.ts'
import { loadKnownNames, toEntry } from './load-known-names.ts'
import { listOwnNames, type OwnName } from './own-names-store.ts'
import { buildKnownNames, noKnownNames, type KnownEntry } from './redaction/known-names.ts'
import { redact } from './redaction/redact.ts'
import { assemble, type Segment } from './redaction/segment.ts'

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

/**
 * Words that leave the organisation for others to read: as `redactWords`, and what would say whose they are is
 * taken out too: its own businesses are `[business]`, its members `[person]`, addresses of sites `[link]`. With the key of a subscription,
 * customers and suppliers stand there as the pseudonyms by which its provider knows them.
 */
export async function redactForOthers(
  unit: UnitOfWork,
  business: string,
  words: string,
  key?: Uint8Array,
): Promise<string> {
  const { country } = await requireBusinessRow(unit, business)
  const scope = { organisation: unit.actor.organisation, business }
  const [parties, own] = [await listParties(unit.tx, scope), await listOwnNames(unit.tx)]
  const known = buildKnownNames([...parties.map(toEntry), ...own.map(toOwnEntry)])
  const segments = redact(withoutLinks(words), known, { country })
  return assemble(segments.map(namelessOwn), (dataset, id) => {
    if (id === ownBusiness) return '[business]'
    return key ? assembleText([{ dataset, id }], key) : nouns[dataset]
  })
}

/** Words of somebody whose records are not known here: names, addresses and numbers by their form alone. */
export function redactByForm(words: string): string {
  return assemble(redact(words, noKnownNames), (dataset) => nouns[dataset])
}

const endings =
  'com|net|org|info|biz|io|app|dev|eu|co|uk|us|de|fr|nl|be|at|ch|it|es|pt|ie|pl|se|dk|no|fi|shop|store|online|site|example|test'
const links = new RegExp(
  `\\b(?:https?://|www\\.)\\S+|(?<![@\\w.-])(?:[a-z0-9-]+\\.)+(?:${endings})\\b(?:/\\S*)?`,
  'giu',
)

/** A site says whose it is; e-mail addresses are the redaction's own. */
const withoutLinks = (words: string): string => words.replaceAll(links, '[link]')

const ownBusiness = 'own-business'
const ownPerson = 'own-person'

function toOwnEntry({ kind, name }: OwnName): KnownEntry {
  return { dataset: 'suppliers', id: kind === 'business' ? ownBusiness : ownPerson, name }
}

const namelessOwn = (segment: Segment): Segment =>
  'id' in segment && segment.id === ownPerson ? { redacted: 'person' } : segment
