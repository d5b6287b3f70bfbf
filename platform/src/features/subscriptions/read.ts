import { datasetNames, type DatasetName } from '@bizq/sdk/contract'
import { z } from 'zod'
import { withUnitOfWork, type Actor } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import type { PageQuery } from '../../http/pagination.ts'
import type { Keyring } from '../../keyring.ts'
import { ProblemError } from '../../problems.ts'
import { readWindows, type Place } from '../masking/index.ts'
import { openGrantById, problemOf, windowStart, type OpenGrant } from './grants.ts'

const keptMs = 30_000
const mostKept = 2_000
interface Opened {
  grant: OpenGrant
  /** Where each dataset's window starts today. */
  starts: Map<DatasetName, string | null>
  until: number
}
const opened = new WeakMap<Keyring, Map<string, Opened>>()

/**
 * A grant, opened. What is kept here never changes for a grant (its zone and day aside, for half a minute):
 * whether it may be read is asked by every statement, so that a revocation holds at once.
 */
async function findOpen(deps: Deps, actor: Actor, id: string): Promise<Opened> {
  const kept = opened.get(deps.keyring) ?? new Map<string, Opened>()
  opened.set(deps.keyring, kept)
  const key = `${actor.organisation} ${id}`
  const known = kept.get(key)
  if (known && known.until > Date.now()) return known
  const grant = await withUnitOfWork(deps, actor, (unit) => openGrantById(unit, deps, id))
  if (kept.size >= mostKept) kept.clear()
  const now = new Date()
  const starts = new Map(datasetNames.map((dataset) => [dataset, windowStart(grant, dataset, now)]))
  const made = { grant, starts, until: now.getTime() + keptMs }
  kept.set(key, made)
  return made
}

const CursorPlace = z.tuple([z.string(), z.string(), z.string().nullable(), z.string()])

/** Cursors are encrypted: a place tells true times and how many rows there are. */
function sealPlace(deps: Pick<Deps, 'keyring'>, grant: string, dataset: DatasetName, place: Place): string {
  const text = JSON.stringify([grant, dataset, place.at, place.seq])
  return deps.keyring.seal('grant-cursor', Buffer.from(text)).toString('base64url')
}

function openPlace(deps: Pick<Deps, 'keyring'>, grant: string, dataset: DatasetName, cursor: string): Place {
  try {
    const text = deps.keyring.open('grant-cursor', Buffer.from(cursor, 'base64url')).toString()
    const [ofGrant, ofDataset, at, seq] = CursorPlace.parse(JSON.parse(text))
    if (ofGrant === grant && ofDataset === dataset) return { at, seq }
  } catch {
    // Falls through to the same refusal.
  }
  throw new ProblemError('invalid-cursor', {
    detail: 'Send the `next` of the page before unchanged, or leave it out to start again.',
  })
}

/** A page of granted data exactly as a provider receives it: JSON text, built and masked in the database. */
export async function readGrantedData(
  deps: Deps,
  actor: Actor,
  { grant: id, dataset }: { grant: string; dataset: DatasetName },
  query: PageQuery,
): Promise<string> {
  const { grant, starts } = await findOpen(deps, actor, id)
  if (!grant.fields[dataset])
    throw new ProblemError('not-found', { detail: `The grant does not name ${dataset}.` })
  const after = query.cursor === undefined ? undefined : openPlace(deps, grant.id, dataset, query.cursor)
  const from = starts.get(dataset) ?? null
  const [page] = await readWindows(deps.pools.masked, grant, [{ dataset, from, after, limit: query.limit }])
  if (!page) throw new ProblemError('not-found')
  if (page.refusal !== null) throw problemOf(page.refusal, dataset)
  const next = page.next ? JSON.stringify(sealPlace(deps, grant.id, dataset, page.next)) : 'null'
  return `{"items":[${page.items}],"next":${next}}`
}
