import { Category, idPrefixes, idSchema } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../http/pagination.ts'
import { ReleaseState, ServiceLevel } from '../releases/index.ts'

export const ActId = idSchema(idPrefixes.platformAct)
export const NoticeId = idSchema(idPrefixes.platformNotice)
export const FeaturedId = idSchema(idPrefixes.featured)
const OrganisationId = idSchema(idPrefixes.organisation)
const ServiceId = idSchema(idPrefixes.service)

export const actKinds = ['hide', 'show', 'suspend', 'restore', 'stop', 'resume'] as const
export const ActKind = z.enum(actKinds).openapi('PlatformActKind', {
  description:
    'hide, show: of a service, from and in the catalogue. suspend, restore: of a service, for everybody. stop, resume: of an organisation.',
})
export type ActKind = z.infer<typeof ActKind>

export const ActCode = z
  .enum([
    'harmful',
    'misleading',
    'privacy',
    'security',
    'quality',
    'terms',
    'on-request',
    'resolved',
    'other',
  ])
  .openapi('PlatformActCode')
export type ActCode = z.infer<typeof ActCode>

export const ActWords = z.string().trim().min(10, 'must say why, in a sentence').max(1_000)
const reason = {
  code: ActCode,
  words: ActWords.openapi({ description: 'Everybody whom it concerns reads it.' }),
}

export const ServiceAct = z
  .object({ kind: z.enum(['hide', 'show', 'suspend', 'restore']), ...reason })
  .openapi('ServiceAct')
export type ServiceAct = z.infer<typeof ServiceAct>

export const OrganisationAct = z
  .object({
    kind: z.enum(['stop', 'resume', 'suspend-services', 'restore-services']),
    ...reason,
  })
  .openapi('OrganisationAct', {
    description: 'suspend-services and restore-services are of a provider: all of its services at once.',
  })
export type OrganisationAct = z.infer<typeof OrganisationAct>

const NamedService = z.object({ id: ServiceId, service: z.string(), name: z.string() })
const NamedOrganisation = z.object({ id: OrganisationId, name: z.string() })

const objection = {
  objection: z.string().nullable(),
  objectedAt: z.iso.datetime().nullable(),
  answer: z.string().nullable(),
  answeredAt: z.iso.datetime().nullable(),
}

export const PlatformAct = z
  .object({
    id: ActId,
    kind: ActKind,
    concerns: NamedOrganisation,
    service: NamedService.nullable(),
    code: ActCode,
    words: z.string(),
    by: idSchema(idPrefixes.user).nullable(),
    at: z.iso.datetime(),
    liftedAt: z.iso.datetime().nullable(),
    ...objection,
  })
  .openapi('PlatformAct')
export type PlatformAct = z.infer<typeof PlatformAct>

export const ActQuery = PageQuery.extend({
  service: ServiceId.optional(),
  organisation: OrganisationId.optional(),
  waiting: z
    .enum(['objection'])
    .optional()
    .openapi({ description: 'Only what was objected to and not answered.' }),
})
export type ActQuery = z.infer<typeof ActQuery>

export const PlatformNotice = z
  .object({
    id: NoticeId,
    kind: ActKind,
    service: NamedService.nullable(),
    code: ActCode,
    words: z.string(),
    at: z.iso.datetime(),
    liftedAt: z.iso.datetime().nullable(),
    mayObject: z.boolean(),
    ...objection,
  })
  .openapi('PlatformNotice')
export type PlatformNotice = z.infer<typeof PlatformNotice>

export const NoticeQuery = PageQuery.extend({
  service: ServiceId.optional(),
  standing: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: 'Only what still holds, or only what was taken back.' }),
})
export type NoticeQuery = z.infer<typeof NoticeQuery>

export const Words = z.object({ words: ActWords }).openapi('PlatformWords')

export const AdminServiceState = z
  .enum(['live', 'hidden', 'suspended', 'not-published'])
  .openapi('AdminServiceState')
export type AdminServiceState = z.infer<typeof AdminServiceState>

export const AdminService = z
  .object({
    ...NamedService.shape,
    state: AdminServiceState,
    releaseState: ReleaseState.or(z.null()),
    version: z.string().nullable(),
    category: Category.nullable(),
    level: ServiceLevel,
    provider: NamedOrganisation,
    subscribers: z.int(),
    complaints: z.int().openapi({ description: 'Disputes of the last 90 days' }),
    openDisputes: z.int(),
    createdAt: z.iso.datetime(),
    publishedAt: z.iso.datetime().nullable(),
  })
  .openapi('AdminService')
export type AdminService = z.infer<typeof AdminService>

export const AdminServiceQuery = PageQuery.extend({
  search: z.string().trim().min(1).max(100).optional(),
  state: AdminServiceState.optional(),
  provider: OrganisationId.optional(),
})
export type AdminServiceQuery = z.infer<typeof AdminServiceQuery>

export const AdminOrganisation = z
  .object({
    ...NamedOrganisation.shape,
    kind: z.enum(['operator', 'provider', 'platform']),
    createdAt: z.iso.datetime(),
    stoppedAt: z.iso.datetime().nullable(),
    stoppedByPlatform: z
      .string()
      .nullable()
      .openapi({ description: 'The reason, where the platform stopped it' }),
    members: z.int(),
    businesses: z.int(),
    services: z.int(),
    subscriptions: z.int(),
    openDisputes: z.int(),
  })
  .openapi('AdminOrganisation')
export type AdminOrganisation = z.infer<typeof AdminOrganisation>

export const AdminOrganisationQuery = PageQuery.extend({
  search: z.string().trim().min(1).max(100).optional(),
  kind: z.enum(['operator', 'provider']).optional(),
})
export type AdminOrganisationQuery = z.infer<typeof AdminOrganisationQuery>

export const NewFeatured = z
  .object({
    service: ServiceId,
    words: z.string().trim().min(10, 'must say why it is featured, in a sentence').max(300),
    fromDay: z.iso.date().openapi({ description: 'The first day, in UTC' }),
    untilDay: z.iso.date().openapi({ description: 'The last day; at most 31 days in all' }),
  })
  .openapi('NewFeatured')
export type NewFeatured = z.infer<typeof NewFeatured>

export const Featured = z
  .object({
    id: FeaturedId,
    service: NamedService.extend({
      summary: z.string(),
      publisher: z.string(),
      category: Category.nullable(),
    }),
    words: z.string(),
    fromDay: z.iso.date(),
    untilDay: z.iso.date(),
  })
  .openapi('Featured')
export type Featured = z.infer<typeof Featured>

export const AdminFeatured = Featured.extend({
  state: z.enum(['coming', 'shown', 'over', 'taken-back']),
}).openapi('AdminFeatured')
export type AdminFeatured = z.infer<typeof AdminFeatured>

const count = z.int()
export const MarketplaceFigures = z
  .object({
    operators: count.openapi({
      description: 'At the end of the period, as are providers, businesses and subscriptions',
    }),
    providers: count,
    businesses: count,
    subscriptions: count,
    newSubscriptions: count,
    endedSubscriptions: count,
    executions: count.openapi({ description: 'Succeeded and failed ones' }),
    successRate: z.number().nullable().openapi({ description: 'From 0 to 1; null where nothing ran' }),
    latencyP95Ms: z.number().nullable().openapi({ description: 'Within nine per cent above the true one' }),
    actionsDecided: count,
    actionsAccepted: count,
    actionsUndone: count,
    submissions: count,
    certified: count,
    reviewHoursMedian: z.number().nullable().openapi({
      description: 'From submission to certificate, within nine per cent above the true one',
    }),
    complaints: count.openapi({ description: 'Disputes that were opened' }),
  })
  .openapi('MarketplaceFigures')
export type MarketplaceFigures = z.infer<typeof MarketplaceFigures>

export const FigureQuery = z.object({
  days: z.enum(['7', '30', '90']).default('30').openapi({ description: 'How many days, today included' }),
})

export const AdminFigures = z
  .object({
    days: z.int(),
    from: z.iso.date(),
    until: z.iso.date(),
    countedAt: z.iso.datetime().openapi({
      description: 'When days that are not over were counted: where very much runs, every five minutes.',
    }),
    period: MarketplaceFigures,
    before: MarketplaceFigures.openapi({ description: 'Of as many days before' }),
    daily: z.array(
      z.object({
        day: z.iso.date(),
        succeeded: count,
        failed: count,
        accepted: count,
        otherwiseDecided: count,
        newSubscriptions: count,
        endedSubscriptions: count,
      }),
    ),
    waiting: z.object({
      disputes: count,
      overdueDisputes: count,
      objections: count,
      submissions: count,
      reports: count.openapi({ description: 'Reviews and messages that somebody reported' }),
      suspended: count,
      hidden: count,
    }),
  })
  .openapi('AdminFigures')
export type AdminFigures = z.infer<typeof AdminFigures>
