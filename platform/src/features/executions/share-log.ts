import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { listPersonalGrants } from '../subscriptions/index.ts'
import { executionUuid } from './input.ts'
import type { Execution } from './schemas.ts'
import { getExecution } from './service.ts'
import { findSharedLogs } from './shared-log-store.ts'
import * as store from './store.ts'

/**
 * Lets the provider read the log of one execution, or takes that back at once: nothing is copied, the
 * provider reads the operator's own row for as long as it is shared. Doing it again changes nothing.
 */
export async function setLogShared(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  isShared: boolean,
): Promise<Execution> {
  requireRole(unit.actor, 'manager')
  const row = await store.lockExecution(unit.tx, executionUuid(id))
  if (!row)
    throw new ProblemError('not-found', { detail: 'There is no such execution in your organisation.' })
  if (isShared && row.told_as === null)
    throw new ProblemError('execution-not-finished', {
      detail: 'Its provider was told of no ending yet. Share the log when it has run.',
    })
  if (isShared && (await listPersonalGrants(unit, [row.grant_id])).size > 0)
    throw new ProblemError('log-not-shareable', {
      detail:
        'It was given personal data, which its provider’s code may have written into the log. Tell the provider in words.',
    })
  if ((row.log_shared_at !== null) !== isShared) {
    await store.updateExecution(unit.tx, row.id, { log_shared_at: isShared ? new Date() : null })
    await audit(unit, isShared ? 'execution.share-log' : 'execution.take-log-back', {
      execution: id,
      service: encodeId(idPrefixes.service, row.service_id),
    })
  }
  return getExecution(unit, deps, id)
}

/** Of these lines of a provider (UUIDs), the logs that their operators share, by line. */
export async function loadSharedLogs(
  deps: Pick<Deps, 'directory'>,
  provider: string,
  lines: readonly string[],
): Promise<Map<string, string>> {
  const rows = lines.length > 0 ? await findSharedLogs(deps.directory, provider, lines) : []
  return new Map(rows.map((row) => [row.line_id, row.log]))
}
