import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import {
  listOverAllowance,
  materialise,
  recordDisclosures,
  type Materialised,
} from '../subscriptions/index.ts'
import type { BulkClaimed } from './bulk-claim.ts'
import * as bulk from './bulk-store.ts'
import { inputText, keptUntil, scaleSettings, sealInput } from './input.ts'
import { limitsOf } from './request.ts'
import { refusalOf } from './run.ts'
import type { Ending } from './settle.ts'

/** A claimed execution with its input, as text and as it is kept. */
export interface BulkRead {
  claimed: BulkClaimed
  text: string
  settings: Record<string, unknown>
  sealed: Awaited<ReturnType<typeof sealInput>>
  read: Materialised
}

/** A read that was refused is an ending already. */
export type ReadOrEnding = BulkRead | { claimed: BulkClaimed; ending: Ending }

const readsAtOnce = 4
/** What the inputs of one round may hold together. */
const mostBytes = 32 * 1024 * 1024

/** Reads inputs from the front of the list, a few side by side, until all are read or enough is held. */
export async function readInputs(deps: Deps, claimed: readonly BulkClaimed[]): Promise<ReadOrEnding[]> {
  const reads: ReadOrEnding[] = []
  let begun = 0
  let bytes = 0
  const lane = async () => {
    while (begun < claimed.length && bytes < mostBytes) {
      const at = begun++
      const read = await readOne(deps, claimed[at] as BulkClaimed)
      if ('text' in read) bytes += read.sealed.bytes
      reads[at] = read
    }
  }
  await Promise.all(Array.from({ length: readsAtOnce }, lane))
  return reads
}

async function readOne(deps: Deps, claimed: BulkClaimed): Promise<ReadOrEnding> {
  const { grant, now, state } = claimed
  const startedAt = new Date()
  try {
    const read = await materialise(deps, grant, now)
    const settings = scaleSettings(claimed.settings, grant.factor) as Record<string, unknown>
    const text = inputText(read.data, settings, state)
    return { claimed, text, settings, sealed: await sealInput(deps.keyring, text), read }
  } catch (error) {
    return { claimed, ending: refusalOf(error, startedAt) }
  }
}

/**
 * Records what leaves and keeps the inputs, before anything is run on them. Those over their read allowance are
 * answered and left: nothing of them is recorded or kept.
 */
export async function keepInputs(
  unit: UnitOfWork,
  reads: readonly BulkRead[],
): Promise<{ kept: BulkRead[]; over: BulkClaimed[] }> {
  const overIds = await listOverAllowance(
    unit,
    reads.map(({ claimed, read }) => ({ subscription: claimed.row.subscription_id, rows: read.rows })),
  )
  const isOver = ({ claimed }: BulkRead) => overIds.has(claimed.row.subscription_id)
  const standing = new Map(
    (
      await bulk.lockExecutions(
        unit.tx,
        reads.map(({ claimed }) => claimed.row.id),
      )
    ).map((row) => [row.id, row]),
  )
  // What was called off, or taken over, since it was claimed is not this batch's any more.
  const isOurs = ({ claimed: { row } }: BulkRead) =>
    standing.get(row.id)?.state === 'running' && standing.get(row.id)?.attempts === row.attempts
  const kept = reads.filter((read) => isOurs(read) && !isOver(read)).map(withInput)
  await recordDisclosures(
    unit,
    kept.map(({ claimed, read }) => ({ grant: claimed.grant, execution: claimed.row.id, read })),
  )
  await bulk.saveInputs(
    unit.tx,
    unit.actor.organisation,
    kept.map(({ claimed, sealed }) => ({
      subscription: claimed.row.subscription_id,
      ...sealed,
      expiresAt: keptUntil(claimed.now),
    })),
  )
  await bulk.updateExecutions(
    unit.tx,
    kept.map(({ claimed: { row } }) => ({
      id: row.id,
      change: {
        input_digest: row.input_digest,
        input_rows: row.input_rows,
        input_bytes: row.input_bytes,
        settings: row.settings,
        state_before: row.state_before,
        limits: row.limits,
      },
    })),
  )
  return { kept, over: reads.filter((read) => isOurs(read) && isOver(read)).map(({ claimed }) => claimed) }
}

function withInput(given: BulkRead): BulkRead {
  const { claimed, sealed, read, settings } = given
  const row = {
    ...claimed.row,
    input_digest: sealed.digest,
    input_rows: Object.fromEntries(read.datasets.map(({ dataset, rows }) => [dataset, rows])),
    input_bytes: sealed.bytes,
    settings,
    state_before: claimed.state,
    limits: limitsOf(claimed.grant),
  }
  return { ...given, claimed: { ...claimed, row } }
}
