import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { withinTenant, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireCertifier } from '../../http/authorise.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import {
  changesOf,
  findSubmission,
  listSubmissions,
  readDocument,
  readSubmitted,
  type DocumentContent,
  type SubmissionRow,
  type SubmittedRelease,
} from '../releases/index.ts'
import { checklistFor, openQuestions } from './checklist.ts'
import type { CertifierDecision, SubmissionUnderReview, Waiting } from './schemas.ts'
import * as store from './store.ts'

const mostShown = 500

/** The person who certifies: with a session, or with a token of theirs that may do all that they may. */
export function requireCertifyingPerson(actor: Actor): string {
  requireCertifier(actor)
  if (actor.user) return actor.user
  throw new ProblemError('forbidden', { detail: 'A person certifies, not the platform by itself.' })
}

const risks: Record<string, 'high' | 'medium'> = {
  'personal-data': 'high',
  'moves-money': 'high',
  'remote-runtime': 'medium',
  'major-release': 'medium',
}
const rank = { high: 0, medium: 1, low: 2 }

export function riskOf(reasons: readonly { code: string }[]): 'high' | 'medium' | 'low' {
  const found = reasons.flatMap(({ code }) => risks[code] ?? [])
  return found.includes('high') ? 'high' : (found[0] ?? 'low')
}

/** What waits for certifiers. */
export async function listWaiting(
  unit: UnitOfWork,
  deps: Pick<Deps, 'directory'>,
  order: 'risk' | 'age',
): Promise<z.infer<typeof Waiting>[]> {
  const user = requireCertifyingPerson(unit.actor)
  const rows = await listSubmissions(deps.directory, mostShown)
  const approvals = rows.length
    ? await store.listApprovals(
        unit.tx,
        rows.map(({ report_id }) => report_id),
      )
    : []
  const waiting = rows.map((row) => toWaiting(row, approvals, user))
  if (order === 'age') return waiting
  return waiting.toSorted((a, b) => rank[a.risk] - rank[b.risk] || a.since.localeCompare(b.since))
}

function toWaiting(
  row: SubmissionRow,
  approvals: readonly { report_id: string; user_id: string }[],
  user: string,
): z.infer<typeof Waiting> {
  const own = approvals.filter(({ report_id }) => report_id === row.report_id)
  return {
    release: encodeId(idPrefixes.release, row.id),
    service: encodeId(idPrefixes.service, row.service_id),
    slug: row.slug,
    name: row.name,
    publisher: row.publisher,
    version: row.version,
    category: row.category,
    since: row.review_since.toISOString(),
    reasons: row.review_reasons,
    risk: riskOf(row.review_reasons),
    certifiers: row.reviewers_needed,
    approvals: own.length,
    askedAt: row.asked_at?.toISOString() ?? null,
    isApprovedByMe: own.some(({ user_id }) => user_id === user),
  }
}

/** Where a release that waits for certifiers lies. Refuses one that does not wait, with not-found. */
export async function requireSubmission(
  deps: Pick<Deps, 'directory'>,
  release: string,
): Promise<SubmissionRow> {
  const row = await findSubmission(deps.directory, decodeId(idPrefixes.release, release))
  if (!row) throw new ProblemError('not-found', { detail: 'No such release waits for review.' })
  return row
}

export const tenantOf = ({ provider_id }: SubmissionRow) =>
  ({ organisation: provider_id, kind: 'provider' }) as const

/** A release that waits for certifiers, with all that they look at. */
export async function getSubmission(
  unit: UnitOfWork,
  deps: Pick<Deps, 'directory'>,
  release: string,
): Promise<z.infer<typeof SubmissionUnderReview>> {
  const user = requireCertifyingPerson(unit.actor)
  const found = await requireSubmission(deps, release)
  const submitted = await withinTenant(unit, tenantOf(found), (inner) => readSubmitted(inner, found.id))
  const decisions = await store.listOfRelease(unit.tx, found.id)
  const ids = { release: found.id, report: submitted.row.report_id ?? '', user }
  const answers = await store.findAnswers(unit.tx, ids)
  const approvals = approvalsOf(decisions, submitted.row.report_id)
  return {
    release,
    service: encodeId(idPrefixes.service, found.service_id),
    slug: found.slug,
    name: found.name,
    publisher: found.publisher,
    version: found.version,
    ...shownOf(submitted),
    approvals: approvals.length,
    checklist: checklistFor(submitted.manifest).map((item) => ({
      ...item,
      answer: answers[item.id] ?? null,
    })),
    decisions: decisions.map((row) => toDecision(row, user)),
    objection: await objectionTo(deps, found, approvals, user),
  }
}

const approvalsOf = (decisions: readonly store.DecisionRow[], report: string | null) =>
  decisions.filter(({ kind, report_id }) => kind === 'approve' && report_id === report)

function shownOf({ row, report, manifest, bundle, documents, notes, before }: SubmittedRelease) {
  const asJson = (value: object) => value as z.infer<typeof SubmissionUnderReview>['manifest']
  return {
    digest: row.digest,
    state: row.state,
    submittedAt: row.created_at.toISOString(),
    since: row.review_since?.toISOString() ?? null,
    askedAt: row.asked_at?.toISOString() ?? null,
    reasons: row.review_reasons,
    certifiers: row.reviewers_needed,
    report,
    manifest: asJson(manifest),
    documents,
    notes,
    before: before && { version: before.version, manifest: asJson(before.manifest) },
    changes: changesOf(before ?? undefined, manifest).changes,
    bundle,
    newCode: before ? codeBeyond(before.bundle, bundle) : [],
  }
}

const mostFragments = 300

/** What a text has that another does not, cut where statements end, with the line (from 1) that each fragment begins on. */
export function codeBeyond(before: string, text: string): { line: number; text: string }[] {
  const known = new Map<string, number>()
  for (const { text: piece } of piecesOf(before)) known.set(piece, (known.get(piece) ?? 0) + 1)
  const fragments: { line: number; text: string; place: number }[] = []
  for (const [place, piece] of piecesOf(text).entries()) {
    const left = known.get(piece.text) ?? 0
    known.set(piece.text, left - 1)
    if (left > 0) continue
    const last = fragments.at(-1)
    if (last?.place === place - 1 && last.line === piece.line)
      fragments.splice(-1, 1, { ...last, text: last.text + piece.text, place })
    else fragments.push({ ...piece, place })
  }
  return fragments.slice(0, mostFragments).map(({ line, text: found }) => ({ line, text: found }))
}

/** Bundles are often one long line: pieces end where statements and blocks do. */
function piecesOf(text: string): { line: number; text: string }[] {
  return text.split('\n').flatMap((line, i) =>
    line
      .split(/(?<=[;{},])/)
      .filter((piece) => piece.trim() !== '')
      .map((piece) => ({ line: i + 1, text: piece })),
  )
}

/** Why this person cannot approve a release; null where they can. */
export async function objectionTo(
  deps: Pick<Deps, 'directory'>,
  found: SubmissionRow,
  approvals: readonly { user_id: string }[],
  user: string,
): Promise<string | null> {
  if (await store.belongsTo(deps.directory, user, found.provider_id))
    return 'You belong to the organisation that submitted it; somebody else has to judge it.'
  if (approvals.some(({ user_id }) => user_id === user))
    return 'You approved it already; the second look is another person’s.'
  return null
}

export function toDecision(row: store.DecisionRow, user: string): z.infer<typeof CertifierDecision> {
  return {
    id: encodeId(idPrefixes.certifierDecision, row.id),
    release: encodeId(idPrefixes.release, row.release_id),
    slug: row.slug,
    name: row.name,
    version: row.version,
    publisher: row.publisher,
    decision: row.kind,
    words: row.words,
    report: row.report_digest,
    certifier: row.certifier ?? 'A former certifier',
    isMine: row.user_id === user,
    at: row.decided_at.toISOString(),
  }
}

/** Every decision that was made, the latest first. */
export async function listDecisions(unit: UnitOfWork, { cursor, limit }: PageQuery) {
  const user = requireCertifyingPerson(unit.actor)
  const after = decodeCursor(cursor, z.tuple([z.uuid()]))?.[0]
  const page = pageOf(await store.listDecisions(unit.tx, after, limit + 1), limit, (row) => [row.id])
  return { items: page.items.map((row) => toDecision(row, user)), next: page.next }
}

/** A document that was submitted beside a release that waits. */
export async function getDocument(
  unit: UnitOfWork,
  deps: Pick<Deps, 'directory'>,
  release: string,
  name: string,
): Promise<DocumentContent> {
  requireCertifyingPerson(unit.actor)
  const found = await requireSubmission(deps, release)
  return withinTenant(unit, tenantOf(found), (inner) => readDocument(inner, found.id, name))
}

/** Refuses an approval while a question of the checklist is open to this person. */
export function requireAnswered(
  manifest: Parameters<typeof openQuestions>[0],
  answers: Parameters<typeof openQuestions>[1],
): void {
  const open = openQuestions(manifest, answers)
  if (open.length === 0) return
  throw new ProblemError('conflict', {
    detail: `Answer the checklist first; these are open, or answered with no: ${open.map(({ question }) => question).join(' ')}`,
    extra: { open: open.map(({ id }) => id) },
  })
}

export function auditRecheck(unit: UnitOfWork, release: string): Promise<void> {
  return audit(unit, 'submission.recheck', { release })
}
