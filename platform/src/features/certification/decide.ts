import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import { withinTenant, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import {
  approveWaiting,
  askAboutWaiting,
  lockWaiting,
  refuseWaiting,
  type SubmissionRow,
  type WaitingRelease,
} from '../releases/index.ts'
import { checklistFor, type Answers } from './checklist.ts'
import type { ChecklistLine, NewCertifierDecision } from './schemas.ts'
import {
  objectionTo,
  requireAnswered,
  requireCertifyingPerson,
  requireSubmission,
  tenantOf,
} from './service.ts'
import * as store from './store.ts'

type Decision = z.infer<typeof NewCertifierDecision>

/** Keeps a certifier's own answers to the checklist, for the report that they were given on. */
export async function answerChecklist(
  unit: UnitOfWork,
  deps: Pick<Deps, 'directory'>,
  release: string,
  answers: Answers,
): Promise<z.infer<typeof ChecklistLine>[]> {
  const user = requireCertifyingPerson(unit.actor)
  const found = await requireSubmission(deps, release)
  const { row } = await withinTenant(unit, tenantOf(found), (inner) => lockWaiting(inner, found.id))
  const items = checklistFor(row.manifest)
  const unknown = Object.keys(answers).filter((id) => !items.some((item) => item.id === id))
  if (unknown.length > 0)
    throw new ProblemError('invalid-request', {
      detail: 'The checklist of this release has no such question.',
      errors: unknown.map((id) => ({ pointer: `/${id}`, detail: 'is not asked of this release' })),
    })
  const ids = { release: found.id, report: found.report_id, user }
  await store.saveAnswers(unit.tx, unit.actor.organisation, ids, answers)
  await audit(unit, 'submission.answer-checklist', { release, answers })
  return items.map((item) => ({ ...item, answer: answers[item.id] ?? null }))
}

/**
 * Decides on a release that waits, in one transaction with all that follows: a decision names the report that it is
 * made on, carries reasons, and is written in the log of the platform and of the provider. The last approval that is
 * needed certifies the release.
 */
export async function decideSubmission(
  unit: UnitOfWork,
  deps: Deps,
  release: string,
  body: Decision,
): Promise<{ approvals: number; certifiers: number }> {
  const user = requireCertifyingPerson(unit.actor)
  const found = await requireSubmission(deps, release)
  const waiting = await withinTenant(unit, tenantOf(found), (inner) => lockWaiting(inner, found.id))
  const { row, report } = waiting
  if (report.digest !== body.report)
    throw new ProblemError('stale-card', {
      detail: 'The release was checked again, and the report says something else now. Read it anew.',
    })
  const approvals = await store.listApprovals(unit.tx, [report.id])
  const ids = { release: found.id, report: report.id, user }
  const answers = await store.findAnswers(unit.tx, ids)
  if (body.decision === 'approve') {
    const objection = await objectionTo(deps, found, approvals, user)
    if (objection) throw new ProblemError('needs-second-person', { detail: objection })
    requireAnswered(row.manifest, answers)
  } else if (await store.belongsTo(deps.directory, user, found.provider_id)) {
    throw new ProblemError('needs-second-person', { detail: 'It is your own organisation’s release.' })
  }
  await keepDecision(unit, found, waiting, body, answers, user)
  const given = approvals.length + (body.decision === 'approve' ? 1 : 0)
  await withinTenant(unit, tenantOf(found), (inner) => carryOut(inner, deps, waiting, body, given))
  return { approvals: given, certifiers: row.reviewers_needed }
}

async function keepDecision(
  unit: UnitOfWork,
  found: SubmissionRow,
  { report }: WaitingRelease,
  { decision, words }: Decision,
  answers: Answers,
  user: string,
): Promise<void> {
  const id = await store.insertDecision(
    unit.tx,
    {
      organisation_id: unit.actor.organisation,
      provider_id: found.provider_id,
      service_id: found.service_id,
      release_id: found.id,
      report_id: report.id,
      report_digest: report.digest,
      kind: decision,
      words,
      user_id: user,
      slug: found.slug,
      name: found.name,
      version: found.version,
      publisher: found.publisher,
    },
    answers,
  )
  await audit(unit, `submission.${decision}`, {
    decision: encodeId(idPrefixes.certifierDecision, id),
    release: encodeId(idPrefixes.release, found.id),
    report: report.digest,
  })
}

function carryOut(
  unit: UnitOfWork,
  deps: Deps,
  waiting: WaitingRelease,
  { decision, words }: Decision,
  approvals: number,
): Promise<void> {
  if (decision === 'refuse') return refuseWaiting(unit, waiting, words)
  if (decision === 'ask') return askAboutWaiting(unit, waiting, words)
  return approveWaiting(unit, deps, waiting, { words, approvals })
}
