import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireBusinessRow } from '../businesses/index.ts'
import {
  holdNamesVersion,
  lockUnread,
  readDatasets,
  saveRead,
  type Read,
  type Scope,
  type Unread,
} from '../data/index.ts'
import { isLegalEntity } from './legal-entity.ts'
import { loadKnownNames } from './load-known-names.ts'
import { redact } from './redaction/redact.ts'
import type { Segment } from './redaction/segment.ts'

export interface RedactTexts {
  /** UUIDs. */
  organisation: string
  business: string
}

type Source = Pick<Deps, 'db' | 'boss' | 'listeners'>

const pageRecords = 500
/** Texts whose redaction is remembered: the same product stands on many lines. */
const mostRemembered = 20_000

interface Reader {
  namesVersion: number
  read(unread: Unread): Read
}

/**
 * Redacts every text of a business that has no segments yet, a page in each transaction. When customers or
 * suppliers change meanwhile, their names are loaded anew before the next page.
 */
export async function redactTexts(source: Source, { organisation, business }: RedactTexts): Promise<number> {
  const actor = systemActor(organisation)
  const scope = { organisation, business }
  let reader: Reader | undefined
  let count = 0
  for (const dataset of readDatasets) {
    for (;;) {
      const found = await withUnitOfWork(source, actor, async (unit) => {
        const namesVersion = await holdNamesVersion(unit.tx, scope)
        if (reader?.namesVersion !== namesVersion) reader = await openReader(unit, scope, namesVersion)
        const unread = await lockUnread(unit.tx, scope, dataset, pageRecords)
        await saveRead(unit.tx, scope, dataset, unread.map(reader.read))
        return unread.length
      })
      count += found
      if (found < pageRecords) break
    }
  }
  return count
}

async function openReader(unit: UnitOfWork, scope: Scope, namesVersion: number): Promise<Reader> {
  const { country } = await requireBusinessRow(unit, scope.business)
  const known = await loadKnownNames(unit, scope)
  const redactOne = remembering((text) => redact(text, known, { country }))
  return {
    namesVersion,
    read: ({ id, texts, legalNames }) => ({
      id,
      segments: mapValues(texts, redactOne),
      isEntity: mapValues(legalNames, isLegalEntity),
    }),
  }
}

function mapValues<V>(values: Record<string, string>, map: (value: string) => V): Record<string, V> {
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [field, map(value)]))
}

function remembering(redactOne: (text: string) => Segment[]): (text: string) => Segment[] {
  const remembered = new Map<string, Segment[]>()
  return (text) => {
    const known = remembered.get(text)
    if (known) return known
    if (remembered.size >= mostRemembered) remembered.clear()
    const segments = redactOne(text)
    remembered.set(text, segments)
    return segments
  }
}
