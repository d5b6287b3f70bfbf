import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireListed } from '../releases/index.ts'
import { findPeriod, listServiceFigures } from './figure-store.ts'
import type { MeasuredQuality } from './schemas.ts'
import { decisionFigures, executionFigures } from './summary.ts'

const days = 90

/** What was measured of a service of the catalogue, over all its subscribers: shares and times, no counts. */
export async function getQuality(
  unit: UnitOfWork,
  deps: Deps,
  service: string,
): Promise<z.infer<typeof MeasuredQuality>> {
  const listed = await requireListed(deps, service, unit.actor)
  const { from, to } = await findPeriod(unit.tx, days)
  const rows = await listServiceFigures(deps.directory, listed.service, from, to)
  const executions = executionFigures(rows)
  const decisions = decisionFigures(rows)
  return {
    period: { from, to, days },
    executions: executions && {
      successRate: executions.successRate,
      p50Ms: executions.p50Ms,
      p95Ms: executions.p95Ms,
    },
    decisions: decisions && decisions.shares,
  }
}
