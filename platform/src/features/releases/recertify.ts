import { suiteVersion } from '@bizq/certification'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { audit } from '../audit/index.ts'
import * as certificates from './certificate-store.ts'
import { issueCertificate, keepReport } from './certificate.ts'
import { toChecks } from './checks.ts'
import { checkStored, handBack, isSameOutcome } from './settle.ts'
import * as store from './store.ts'

declare module '../../db/unit-of-work.ts' {
  interface DomainEvents {
    'release.recertified': { release: string; service: string; suite: string }
    /** A release on offer does not pass the present suite: from `by` on it takes no new subscribers. */
    'release.fails-certification': { release: string; service: string; by: string; rules: string[] }
  }
}

/** How long a provider has to publish what passes, before the listing takes no new subscribers. */
export const mendDays = 30
/** A certificate is renewed this long before it ends. */
const renewDays = 30
const dayMs = 86_400_000

type Checked = NonNullable<Awaited<ReturnType<typeof checkStored>>>

const isOnOffer = ({ state }: store.ReleaseRow) => ['published', 'deprecated', 'suspended'].includes(state)

/** Runs the present suite on every release on offer whose certificate is of another major version, or soon over. */
export async function recertifyDue(deps: Deps, now = new Date()): Promise<void> {
  const major = Number(suiteVersion.split('.')[0])
  const soon = new Date(now.getTime() + renewDays * dayMs)
  const due = await certificates.listDue(deps.directory, major, soon, new Date(now.getTime() - dayMs))
  for (const { provider_id: provider, id } of due) await recertify(deps, provider, id, now)
}

async function recertify(deps: Deps, provider: string, id: string, now: Date): Promise<void> {
  const checked = await checkStored(deps, provider, id, isOnOffer)
  if (!checked) return
  await withUnitOfWork(deps, systemActor(provider, 'provider'), async (unit) => {
    const row = await store.lockRelease(unit.tx, id)
    if (!row || !isOnOffer(row)) return
    const kept = { report: checked.report, id: await keepReport(unit, row, checked.report) }
    if (checked.report.verdict === 'passed') await renew(unit, deps, row, kept)
    else await giveNotice(unit, row, checked, now)
  })
}

/** What certifiers judged stands: the release is the same to the last bit. */
async function renew(
  unit: UnitOfWork,
  deps: Deps,
  row: store.ReleaseRow,
  kept: { report: Checked['report']; id: string },
): Promise<void> {
  const before = await certificates.findCertificate(unit.tx, row.id)
  await issueCertificate(unit, deps, row, kept, before?.reviewers ?? 0)
  await certificates.updateReview(unit.tx, row.id, { report_id: kept.id, recertify_by: null })
  unit.emit('release.recertified', { ...idsOf(row), suite: kept.report.suite })
}

async function giveNotice(unit: UnitOfWork, row: store.ReleaseRow, { report }: Checked, now: Date) {
  const by = row.recertify_by ?? new Date(now.getTime() + mendDays * dayMs)
  const rules = toChecks(report).flatMap(({ rule, outcome }) => (outcome === 'failed' ? [rule] : []))
  await certificates.updateReview(unit.tx, row.id, { recertify_by: by })
  const told = { ...idsOf(row), by: by.toISOString(), rules }
  await audit(unit, 'release.fail-certification', told)
  unit.emit('release.fails-certification', told)
}

const idsOf = (row: store.ReleaseRow) => ({
  release: encodeId(idPrefixes.release, row.id),
  service: encodeId(idPrefixes.service, row.service_id),
})

/**
 * Runs the suite again on a release that waits for certifiers. A report that says the same leaves it as it is; one
 * that says otherwise takes its place, and what was decided on the one before is void.
 */
export async function recheckWaiting(deps: Deps, provider: string, id: string): Promise<void> {
  const isWaiting = (row: store.ReleaseRow) => row.state === 'submitted' && row.review_since !== null
  const checked = await checkStored(deps, provider, id, isWaiting)
  if (!checked) return
  await withUnitOfWork(deps, systemActor(provider, 'provider'), async (unit) => {
    const row = await store.lockRelease(unit.tx, id)
    if (!row || !isWaiting(row)) return
    const present = row.report_id ? await certificates.findReport(unit.tx, row.report_id) : undefined
    if (present && isSameOutcome(checked.report, present.digest)) return
    const checks = toChecks(checked.report)
    await certificates.updateReview(unit.tx, id, { report_id: await keepReport(unit, row, checked.report) })
    await audit(unit, 'release.recheck', { release: idsOf(row).release })
    if (checked.report.verdict === 'passed')
      await store.updateRelease(unit.tx, id, { state: 'submitted', checks })
    else await handBack(unit, row, checks)
  })
}
