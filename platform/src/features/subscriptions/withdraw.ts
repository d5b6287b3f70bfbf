import { checkConsent, decodeId, encodeId, idPrefixes, keepPersonal, namedFields } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { requirePublished } from '../releases/index.ts'
import * as grants from './grant-store.ts'
import { askedPersonal, recordWithdrawn } from './personal.ts'
import type { PersonalConsent, PersonalWithdrawal } from './schemas.ts'
import { pauseSubscription } from './service.ts'
import * as store from './store.ts'
import { requireSubscription } from './subscription.ts'
import { replaceGrant } from './upgrade.ts'

type Answer = z.infer<typeof PersonalConsent>

/** What of personal data a subscription's release asks for, and what was agreed to, by whom and when. */
export async function getPersonalConsent(unit: UnitOfWork, deps: Deps, id: string): Promise<Answer> {
  return answer(unit, deps, await requireSubscription(unit, decodeId(idPrefixes.subscription, id)))
}

async function answer(unit: UnitOfWork, deps: Deps, row: store.SubscriptionRow): Promise<Answer> {
  const { manifest } = await requirePublished(deps, row.release_id)
  const grant = await requireGrant(unit, row)
  return {
    fields: askedPersonal(manifest, grant.consent),
    givenBy: grant.personal_given_by && encodeId(idPrefixes.user, grant.personal_given_by),
    givenAt: grant.personal_given_at?.toISOString() ?? null,
    withdrawnAt: row.personal_withdrawn_at?.toISOString() ?? null,
  }
}

async function requireGrant(unit: UnitOfWork, row: store.SubscriptionRow): Promise<grants.GrantRow> {
  const grant = await grants.findGrant(unit.tx, row.grant_id)
  if (!grant) throw new ProblemError('not-found')
  return grant
}

/**
 * Takes a consent to personal data back: a grant without those fields takes the place of the old one, which is over
 * at once. Whoever keeps what was delivered hears of it; a service that cannot do without is paused. To take back
 * is easier than to give: managers may.
 */
export async function withdrawPersonal(
  unit: UnitOfWork,
  deps: Deps,
  id: string,
  { personal }: z.infer<typeof PersonalWithdrawal>,
): Promise<Answer> {
  requireOrganisationKind(unit.actor, 'operator')
  requireRole(unit.actor, 'manager')
  const row = await requireSubscription(unit, decodeId(idPrefixes.subscription, id), true)
  if (row.state === 'cancelled')
    throw new ProblemError('subscription-not-active', { detail: 'It is cancelled.' })
  const grant = await requireGrant(unit, row)
  const agreed = namedFields(grant.consent.personal)
  const back = personal ? namedFields(personal) : agreed
  const isBack = (dataset: string, field: string) =>
    back.some((each) => each.dataset === dataset && each.field === field)
  const strange = back.filter(({ dataset, field }) => !grant.consent.personal?.[dataset]?.includes(field))
  if (strange.length > 0)
    throw new ProblemError('consent-invalid', {
      detail: `Nobody agreed to ${strange.map(({ dataset, field }) => `${dataset}.${field}`).join(', ')}.`,
    })
  if (back.length === 0) return answer(unit, deps, row)

  const release = await requirePublished(deps, row.release_id)
  const consent = keepPersonal(grant.consent, (dataset, field) => !isBack(dataset, field))
  const changed = await store.updateSubscription(unit.tx, row.id, {
    grant_id: await replaceGrant(unit, deps, grant, release, consent, { price: row.price }),
    personal_withdrawn_at: new Date(),
  })
  await recordWithdrawn(unit, row, back)
  if (checkConsent(release.manifest, consent).length > 0) await pauseSubscription(unit, deps, id)
  return answer(unit, deps, changed)
}
