import { randomBytes } from 'node:crypto'
import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { sha256 } from '@bizq/sdk/contract/host'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { requireOrganisationKind, requireRole } from '../../http/authorise.ts'
import { requireRoom } from '../../http/room.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import type {
  Admission,
  MadeServiceInvitation,
  NewServiceInvitation,
  ServiceInvitation,
} from './invitation-schemas.ts'
import * as offers from './offer-store.ts'
import { requireProvider, requireService } from './release.ts'

const dayMs = 86_400_000

function stateOf(row: offers.InvitationRow): z.infer<typeof ServiceInvitation>['state'] {
  if (row.revoked_at) return 'revoked'
  if (row.uses >= row.max_uses) return 'used'
  return row.expires_at <= new Date() ? 'expired' : 'open'
}

function toInvitation(row: offers.InvitationRow): z.infer<typeof ServiceInvitation> {
  return {
    id: encodeId(idPrefixes.serviceInvitation, row.id),
    service: encodeId(idPrefixes.service, row.service_id),
    kind: row.kind,
    label: row.label,
    uses: row.uses,
    maxUses: row.max_uses,
    state: stateOf(row),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }
}

/** Makes a code that a provider hands to operators. Only its fingerprint is kept. */
export async function inviteOperator(
  unit: UnitOfWork,
  service: string,
  body: z.infer<typeof NewServiceInvitation>,
): Promise<z.infer<typeof MadeServiceInvitation>> {
  requireProvider(unit)
  const { id } = await requireService(unit, service)
  if (body.kind === 'test' && body.maxUses !== 1) {
    const detail = 'A test operator is one organisation: make a code for each.'
    throw new ProblemError('invalid-request', {
      detail,
      errors: [{ pointer: '/maxUses', detail: 'must be 1' }],
    })
  }
  const isOpen = (row: offers.InvitationRow) => stateOf(row) === 'open'
  await requireRoom(
    unit,
    'codes',
    async () => (await offers.listInvitations(unit.tx, id)).filter(isOpen).length,
  )
  const code = `bizq-${randomBytes(15).toString('base64url')}`
  const row = await offers.insertInvitation(unit.tx, {
    organisation: unit.actor.organisation,
    service: id,
    kind: body.kind,
    label: body.label,
    codeHash: sha256(code),
    maxUses: body.maxUses,
    expiresAt: new Date(Date.now() + body.days * dayMs),
  })
  const invitation = toInvitation(row)
  await audit(unit, 'service.invite', {
    service: invitation.service,
    invitation: invitation.id,
    kind: body.kind,
  })
  return { ...invitation, code }
}

export async function listInvitations(
  unit: UnitOfWork,
  service: string,
): Promise<z.infer<typeof ServiceInvitation>[]> {
  requireOrganisationKind(unit.actor, 'provider')
  const { id } = await requireService(unit, service)
  return (await offers.listInvitations(unit.tx, id)).map(toInvitation)
}

/** Takes a code back: nobody gets in by it any more, and whom it let in is let in no longer. Subscriptions go on. */
export async function revokeInvitation(
  unit: UnitOfWork,
  service: string,
  invitation: string,
): Promise<z.infer<typeof ServiceInvitation>> {
  requireProvider(unit)
  const { id } = await requireService(unit, service)
  const uuid = decodeId(idPrefixes.serviceInvitation, invitation)
  const row = await offers.revokeInvitation(unit.tx, id, uuid)
  if (!row) throw new ProblemError('not-found', { detail: 'The service has no such invitation.' })
  const revoked = toInvitation(row)
  await audit(unit, 'service.revoke-invitation', { service: revoked.service, invitation })
  unit.emit('service.invitation-revoked', { service: revoked.service, invitation, kind: row.kind })
  return revoked
}

const notOpen = () =>
  new ProblemError('not-found', {
    detail:
      'This code opens nothing: it is mistyped, used up, over or taken back. Ask the provider for another.',
  })

/** An operator uses a code: its organisation may see the service from now on. Using it again changes nothing. */
export async function acceptInvitation(
  unit: UnitOfWork,
  deps: Pick<Deps, 'directory'>,
  code: string,
): Promise<z.infer<typeof Admission>> {
  requireOrganisationKind(unit.actor, 'operator')
  requireRole(unit.actor, 'manager')
  const found = await offers.findInvitation(deps.directory, sha256(code))
  if (!found) throw notOpen()
  const { organisation } = unit.actor
  const isNew = await offers.insertAdmission(unit.tx, {
    organisation,
    provider: found.provider_id,
    service: found.service_id,
    invitation: found.id,
  })
  const service = encodeId(idPrefixes.service, found.service_id)
  if (isNew) {
    if (!(await offers.takeUse(unit.tx, found.provider_id, found.id))) throw notOpen()
    await audit(unit, 'service.accept-invitation', { service, kind: found.kind })
    unit.emit('service.invitation-accepted', { service, kind: found.kind })
  }
  return { service: found.slug, id: service, kind: found.kind }
}
