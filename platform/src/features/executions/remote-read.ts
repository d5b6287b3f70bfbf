import { decodeId, idPrefixes, type ExecutionInput } from '@bizq/sdk/contract'
import { withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import type { PageQuery } from '../../http/pagination.ts'
import { ProblemError } from '../../problems.ts'
import { isStopped } from '../identity/index.ts'
import { isFenced, requireSubscription } from '../subscriptions/index.ts'
import { executionUuid, openInput } from './input.ts'
import { pageOf, type AskedPages } from './remote-page.ts'
import { readTrial } from './remote-trial.ts'
import * as inputs from './input-store.ts'
import * as store from './store.ts'

type Delivered = ExecutionInput['data']

const keptMs = 60_000
const mostBytes = 64 * 1024 * 1024
/** Inputs that are being read page by page: opened once, not once for each page. What may be read is asked anew each time. */
const opened = new Map<string, { data: Delivered; bytes: number; until: number }>()

function findOpened(key: string): Delivered | undefined {
  const now = Date.now()
  for (const [old, { until }] of opened) if (until <= now) opened.delete(old)
  return opened.get(key)?.data
}

function keepOpened(key: string, data: Delivered, bytes: number): void {
  let held = bytes
  for (const each of opened.values()) held += each.bytes
  if (held > mostBytes) opened.clear()
  if (bytes <= mostBytes) opened.set(key, { data, bytes, until: Date.now() + keptMs })
}

/** What a provider may read now: the input of an open execution of the grant that its token names. */
async function requireOpen(unit: UnitOfWork, asked: AskedPages): Promise<store.ExecutionRow> {
  const row = await store.findExecution(unit.tx, executionUuid(asked.execution))
  const grant = decodeId(idPrefixes.grant, asked.grant)
  if (!row || row.grant_id !== unit.actor.grant || grant !== unit.actor.grant)
    throw new ProblemError('not-found', { detail: 'Your grant has no such execution.' })
  if (row.state !== 'running' || !row.input_digest)
    throw new ProblemError('no-open-execution', { detail: 'The execution is not open.' })
  const { state } = await requireSubscription(unit, row.subscription_id)
  const isClosed = state !== 'active' || (await isStopped(unit))
  if (isClosed || (await isFenced(unit, row.business_id, asked.dataset)))
    throw new ProblemError('grant-not-active', { detail: 'This data is not open to you any more.' })
  return row
}

/** A page of what was delivered to an open execution, for the provider that runs it. */
export async function readForProvider(
  deps: Deps,
  actor: Actor,
  asked: AskedPages,
  page: PageQuery,
): Promise<string> {
  if (actor.organisationKind === 'provider') return readTrial(deps, actor, asked, page)
  const { key, digest, bytes, known, content } = await withUnitOfWork(deps, actor, async (unit) => {
    const row = await requireOpen(unit, asked)
    const of = `${actor.organisation} ${row.subscription_id} ${row.input_digest}`
    // An input can be erased while its execution is open: what was opened before is then read no more.
    const isKept =
      (await inputs.listInputExpiries(unit.tx, [row.subscription_id], [row.input_digest ?? ''])).size > 0
    const found = isKept ? findOpened(of) : undefined
    return {
      key: of,
      digest: row.input_digest ?? '',
      bytes: row.input_bytes ?? 0,
      known: found,
      content: found
        ? undefined
        : await inputs.findInput(unit.tx, row.subscription_id, row.input_digest ?? ''),
    }
  })
  let data = known
  if (!data) {
    const text = content && (await openInput(deps.keyring, content, digest))
    if (text === undefined)
      throw new ProblemError('no-open-execution', { detail: 'No input of this execution is kept any more.' })
    data = (JSON.parse(text) as ExecutionInput).data
    keepOpened(key, data, bytes)
  }
  return pageOf(data[asked.dataset] ?? [], page)
}
