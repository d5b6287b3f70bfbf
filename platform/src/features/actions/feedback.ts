import { decodeId, idPrefixes, RejectionReason } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireOrganisationKind } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { countOutcomes, listAnswers } from './feedback-store.ts'
import type { Feedback } from './schemas.ts'

/** Figures over fewer subscribers would tell what one of them did. */
const leastSubscribers = 5

/** Why proposals of a service were rejected, and what became of all, up to yesterday. It tells nothing of whose they were. */
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
    figures: await countOutcomes(unit.tx, id, leastSubscribers),
  }
}
