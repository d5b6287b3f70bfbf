import { ActionType, decodeId, idPrefixes, RejectionReason } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { listAnswers } from './feedback-store.ts'
import { findPeriod, listFigures } from './figure-store.ts'
import type { Feedback } from './schemas.ts'
import { decisionFigures } from './summary.ts'

const figureDays = 366

/** Why proposals of a service were rejected, and what became of those of a year, up to yesterday. It tells nothing of whose they were. */
export async function listFeedback(
  unit: UnitOfWork,
  service: string,
  query: PageQuery,
): Promise<z.infer<typeof Feedback>> {
  requireOrganisationKind(unit.actor, 'provider')
  const id = decodeId(idPrefixes.service, service)
  const after = decodeCursor(query.cursor, z.tuple([z.iso.date(), z.uuid()]))
  const rows = await listAnswers(unit.tx, id, { after, limit: query.limit })
  const page = pageOf(rows, query.limit, (row) => [row.day, row.id])
  return {
    items: page.items.map(({ type, outcome, reason_code, reason_text, parameters, day }) => ({
      type,
      outcome: outcome === 'edited' ? 'edited' : 'rejected',
      code: RejectionReason.nullable().parse(reason_code),
      words: reason_text,
      parameters: parameters as Record<string, unknown> | null,
      day,
    })),
    next: page.next,
    figures: await figuresByType(unit, id),
  }
}

async function figuresByType(
  unit: UnitOfWork,
  service: string,
): Promise<z.infer<typeof Feedback>['figures']> {
  const { from, to } = await findPeriod(unit.tx, figureDays)
  const rows = await listFigures(unit.tx, service, from, to)
  const decided = rows.filter((row) => row.kind === 'decisions')
  return [...Map.groupBy(decided, (row) => row.part)].flatMap(([type, own]) => {
    const figures = decisionFigures(own)
    if (!figures) return []
    const { accepted, edited, rejected, undone, expired } = figures
    return { type: ActionType.parse(type), accepted, edited, rejected, undone, expired }
  })
}
