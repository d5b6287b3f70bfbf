import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { audit } from '../audit/index.ts'
import { getOrganisation, renameOrganisation } from '../identity/index.ts'
import type { ProviderProfile, ProviderProfileChange } from './schemas.ts'
import * as store from './store.ts'

/** Who the provider says to be: shown on the pages of its services. */
export async function getProfile(unit: UnitOfWork): Promise<z.infer<typeof ProviderProfile>> {
  requireOrganisationKind(unit.actor, 'provider')
  const { name } = await getOrganisation(unit)
  const profile = await store.findProfile(unit.tx)
  return {
    name,
    country: profile?.country ?? null,
    support: profile?.support ?? null,
    changedAt: profile?.changed_at.toISOString() ?? null,
  }
}

/** Says who the provider is: name, country and where subscribers are helped. */
export async function putProfile(
  unit: UnitOfWork,
  change: z.infer<typeof ProviderProfileChange>,
): Promise<z.infer<typeof ProviderProfile>> {
  requireOrganisationKind(unit.actor, 'provider')
  requireRole(unit.actor, 'owner')
  const { name } = await getOrganisation(unit)
  if (name !== change.name) await renameOrganisation(unit, change.name)
  const { country, support } = change
  await store.saveProfile(unit.tx, unit.actor.organisation, { country, support })
  await audit(unit, 'provider-profile.change', { country })
  return getProfile(unit)
}
