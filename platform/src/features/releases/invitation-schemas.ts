import { z } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { ServiceId } from './schemas.ts'

export const ServiceInvitationId = idSchema(idPrefixes.serviceInvitation)
const Kind = z.enum(['listing', 'test']).openapi({
  description:
    '`listing` lets an operator see a service that is shown to invited ones alone; `test` makes one operator a test operator, for whom staged releases run.',
})

export const NewServiceInvitation = z
  .object({
    kind: Kind,
    label: z.string().trim().min(1).max(80).openapi({ description: 'For yourself: whom you give it to.' }),
    maxUses: z
      .int()
      .min(1)
      .max(1_000)
      .default(1)
      .openapi({ description: 'How many operators may use it; one for a test operator.' }),
    days: z.int().min(1).max(365).default(30).openapi({ description: 'How long it may be used.' }),
  })
  .openapi('NewServiceInvitation')

export const ServiceInvitation = z
  .object({
    id: ServiceInvitationId,
    service: ServiceId,
    kind: Kind,
    label: z.string(),
    uses: z.int(),
    maxUses: z.int(),
    state: z.enum(['open', 'used', 'expired', 'revoked']),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  })
  .openapi('ServiceInvitation')

export const MadeServiceInvitation = ServiceInvitation.extend({
  code: z.string().openapi({ description: 'Told once: only its fingerprint is kept.' }),
}).openapi('MadeServiceInvitation')

export const InvitationCode = z
  .object({ code: z.string().trim().min(8).max(100) })
  .openapi('InvitationCode', { description: 'The code that a provider gave you.' })

export const Admission = z
  .object({ service: z.string(), id: ServiceId, kind: Kind })
  .openapi('Admission', { description: 'The service that the code opened for your organisation.' })
