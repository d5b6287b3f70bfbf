import { ExecutionOutcome } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { loadSharedLogs } from '../executions/index.ts'
import { listOwnReleases, loadBundle, requireOwnService } from '../releases/index.ts'
import { numberOf, rowOf } from '../subscriptions/index.ts'
import { releaseUuid } from './own-releases.ts'
import { findLine, listErrorNames, listLines as listRows, type LineRow } from './line-store.ts'
import type { LineQuery, ProviderLine, ProviderLines, ProviderLineDetail } from './schemas.ts'

type Line = z.infer<typeof ProviderLine>

/** The UUID of a line that was given out. */
function lineOf(deps: Deps, unit: UnitOfWork, id: string | undefined): string | undefined {
  if (id === undefined) return undefined
  try {
    return rowOf(deps.keyring, 'run', unit.actor.organisation, id)
  } catch {
    throw new ProblemError('invalid-cursor', {
      detail: 'Send the `next` of the page before, or the id of a line, unchanged.',
    })
  }
}

async function present(
  unit: UnitOfWork,
  deps: Deps,
  versions: ReadonlyMap<string, string>,
  rows: readonly LineRow[],
): Promise<Line[]> {
  const { organisation } = unit.actor
  const logs = await loadSharedLogs(
    deps,
    organisation,
    rows.map((row) => row.id),
  )
  return rows.map((row) => ({
    id: numberOf(deps.keyring, 'run', organisation, row.id),
    version: versions.get(row.release_id) ?? '',
    at: row.day,
    outcome: row.outcome,
    wallMs: row.wall_ms === null ? null : Math.round(row.wall_ms),
    error: row.error_name === null ? null : { name: row.error_name, stack: row.stack ?? [] },
    log: logs.get(row.id) ?? null,
  }))
}

/** The executions of a service of the provider's own, as the contract lets it know them. */
export async function listLines(
  unit: UnitOfWork,
  deps: Deps,
  service: string,
  query: LineQuery,
): Promise<z.infer<typeof ProviderLines>> {
  requireOrganisationKind(unit.actor, 'provider')
  const { id } = await requireOwnService(unit, service)
  const releases = await listOwnReleases(unit, service)
  const versions = new Map(releases.map((release) => [releaseUuid(release.id), release.version]))
  const release = releases.find(({ version }) => version === query.version)
  const errors = await listErrorNames(unit.tx, id)
  if (query.version !== undefined && !release) return { items: [], next: null, errors }
  const rows = await listRows(unit.tx, id, {
    after: lineOf(deps, unit, query.after),
    before: lineOf(deps, unit, query.cursor),
    outcome: query.outcome && ExecutionOutcome.parse(query.outcome),
    release: release && releaseUuid(release.id),
    error: query.error,
    limit: query.limit,
  })
  const items = await present(unit, deps, versions, rows.slice(0, query.limit))
  return { items, next: rows.length > query.limit ? (items.at(-1)?.id ?? null) : null, errors }
}

const linesAround = 3
const mostColumns = 160

/** The lines of the bundle around a position; of a long line, what is near it. */
export function excerptOf(bundle: readonly string[], position: { line: number; column: number }) {
  const from = Math.max(1, position.line - linesAround)
  const start = Math.max(0, position.column - mostColumns / 2)
  const cut = bundle.some((text) => text.length > mostColumns)
  const lines = bundle.slice(from - 1, position.line + linesAround).map((text, i) => ({
    line: from + i,
    text: cut ? text.slice(start, start + mostColumns) : text,
  }))
  return { ...position, fromColumn: cut ? start + 1 : 1, lines }
}

/** One execution, its error beside the code of the bundle that ran. */
export async function getLine(
  unit: UnitOfWork,
  deps: Deps,
  service: string,
  number: string,
): Promise<z.infer<typeof ProviderLineDetail>> {
  requireOrganisationKind(unit.actor, 'provider')
  const { id } = await requireOwnService(unit, service)
  const row = await findLine(unit.tx, id, lineOf(deps, unit, number) ?? '')
  if (!row) throw new ProblemError('not-found', { detail: 'The service has no such execution.' })
  const releases = await listOwnReleases(unit, service)
  const release = releases.find((each) => releaseUuid(each.id) === row.release_id)
  const [line] = await present(unit, deps, new Map([[row.release_id, release?.version ?? '']]), [row])
  if (!line) throw new ProblemError('not-found')
  const stack = line.error?.stack ?? []
  const code = stack.length > 0 ? (await loadBundle(deps, row.release_id)).toString().split('\n') : []
  return { ...line, release: release?.id ?? null, code: stack.map((position) => excerptOf(code, position)) }
}
