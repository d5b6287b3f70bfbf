import {
  checkConsent,
  datasetOf,
  encodeId,
  idPrefixes,
  isSamePersonal,
  namedFields,
  personalFields,
  type Consent,
  type DatasetName,
  type Manifest,
  type PersonalFields,
} from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { requirePublished, type PublishedRelease } from '../releases/index.ts'
import * as grants from './grant-store.ts'
import type { SubscriptionRow } from './store.ts'
import { idsOf } from './subscription.ts'

/** The personal fields that a manifest asks for, and which of them a consent names. */
export function askedPersonal(manifest: Manifest, { personal }: Pick<Consent, 'personal'>) {
  return personalFields(manifest).map(({ dataset, field, purpose, isOptional }) => ({
    dataset,
    field,
    description: datasetOf(dataset).fields[field]?.description ?? '',
    purpose,
    isOptional,
    isGranted: personal?.[dataset]?.includes(field) ?? false,
  }))
}

const inWords = (fields: readonly { dataset: DatasetName; field: string }[]): string[] =>
  fields.map(({ dataset, field }) => `${dataset}.${field}`)

/**
 * Who gives the consent to personal data, for the personal fields of a draft; null where it has none. To have looked
 * at them is not to agree: they have to be named once more, exactly, by an owner who is signed in themselves.
 */
export function requireGiven(
  { actor }: UnitOfWork,
  { personal }: Consent,
  named: PersonalFields | undefined,
): grants.GivenBy | null {
  if (!isSamePersonal(personal, named)) {
    const [shown, said] = [inWords(namedFields(personal)), inWords(namedFields(named))]
    throw new ProblemError('personal-consent-needed', {
      detail: `The preview shows the personal fields ${shown.join(', ') || '(none)'}, and you agreed to ${said.join(', ') || 'none'}. Name exactly those as \`personal\`, or look at a preview without them.`,
      errors: [{ pointer: '/personal', detail: 'name the personal fields of the preview, one by one' }],
    })
  }
  if (!personal) return null
  requireRole(actor, 'owner')
  if (actor.kind !== 'user' || actor.user === null)
    throw new ProblemError('forbidden', {
      detail: 'Personal data leaves by the consent of an owner who is signed in, and not of a token.',
    })
  return { user: actor.user, at: new Date() }
}

/** The audit log's own entry of a consent to personal data: each field with what it was said to be for. */
export async function recordGiven(
  unit: UnitOfWork,
  row: Pick<SubscriptionRow, 'id' | 'business_id'>,
  grant: { id: string; consent: Consent; release: PublishedRelease },
): Promise<void> {
  if (!grant.consent.personal) return
  const agreed = askedPersonal(grant.release.manifest, grant.consent).filter(({ isGranted }) => isGranted)
  await audit(unit, 'subscription.personal-consent', {
    ...idsOf(row),
    grant: encodeId(idPrefixes.grant, grant.id),
    release: encodeId(idPrefixes.release, grant.release.id),
    personal: agreed.map(({ dataset, field, purpose }) => ({ field: `${dataset}.${field}`, purpose })),
  })
}

/** Says in the audit log, and to who keeps what was delivered, that a consent to these fields was taken back. */
export async function recordWithdrawn(
  unit: UnitOfWork,
  row: Pick<SubscriptionRow, 'id' | 'business_id'>,
  fields: readonly { dataset: DatasetName; field: string }[],
): Promise<void> {
  await audit(unit, 'subscription.personal-withdrawal', { ...idsOf(row), fields: inWords(fields) })
  unit.emit('subscription.personal-withdrawn', { ...idsOf(row), fields: inWords(fields) })
}

/** Refuses to run a service without the personal data that it cannot do without. */
export async function requireComplete(unit: UnitOfWork, deps: Deps, row: SubscriptionRow): Promise<void> {
  const grant = await grants.findGrant(unit.tx, row.grant_id)
  const { manifest } = await requirePublished(deps, row.release_id)
  const problems = grant ? checkConsent(manifest, grant.consent) : []
  if (problems.length === 0) return
  throw new ProblemError('consent-invalid', {
    detail: `${problems.map(({ detail }) => detail).join('; ')}. Look at a preview and agree to it, or cancel.`,
    errors: problems,
  })
}

/** Of these grants (UUIDs), the ones under which personal fields leave. */
export async function listPersonalGrants(unit: UnitOfWork, ids: readonly string[]): Promise<Set<string>> {
  return new Set(ids.length > 0 ? await grants.listPersonal(unit.tx, ids) : [])
}

/** Every grant (UUIDs), also those that ended, under which personal fields of a subscription or a business's dataset left. */
export async function listPersonalGrantsOf(
  unit: UnitOfWork,
  of: { subscription: string } | { business: string; dataset: DatasetName },
): Promise<string[]> {
  return grants.listPersonalOf(unit.tx, of)
}
