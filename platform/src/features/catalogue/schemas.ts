import { z } from '@hono/zod-openapi'
import { ActionType, Category, DatasetName, FieldKind, Mask, Money } from '@bizq/sdk/contract'
import { PageQuery } from '../../http/pagination.ts'
import { ReleaseId, ReleaseState, ServiceId, ServiceLevel } from '../releases/index.ts'

export const ServiceQuery = PageQuery.extend({
  search: z.string().trim().min(1).max(100).optional(),
  category: z
    .string()
    .max(60)
    .optional()
    .openapi({ description: 'A category (`financial/cash-flow`) or a whole group (`financial`).' }),
  maxMonthly: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .openapi({ description: 'The highest monthly price, in minor units of `currency`.' }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('USD'),
  sort: z.enum(['name', 'rating']).default('name').openapi({
    description:
      'rating: by the mean of its reviews and five more of 3.5 stars, so that one review of 5 does not stand before fifty of 4.8.',
  }),
})
export type ServiceQuery = z.infer<typeof ServiceQuery>

export const Price = z
  .object({
    monthly: Money.nullable(),
    usage: z.array(
      z.object({
        unit: z.string(),
        price: Money,
        included: z.int(),
        per: z.string().default('execution').openapi({
          description: 'What is counted: `execution`, or the type of action that was carried out.',
        }),
      }),
    ),
    trialDays: z.int(),
  })
  .openapi('Price')

export const Rating = z
  .object({
    mean: z
      .number()
      .min(1)
      .max(5)
      .nullable()
      .openapi({ description: 'Over all reviews that are shown; null below three of them: it is new.' }),
    count: z.int(),
    stars: z.array(z.int()).length(5).openapi({ description: 'How many gave one star, two, …, five.' }),
  })
  .openapi('Rating')

export const ServiceSummary = z
  .object({
    id: ServiceId,
    service: z.string(),
    name: z.string(),
    category: Category,
    summary: z.string(),
    publisher: z.string(),
    price: Price,
    release: ReleaseId,
    version: z.string(),
    datasets: z.array(DatasetName),
    actions: z.array(ActionType),
    since: z.iso.datetime(),
    rating: Rating,
    level: ServiceLevel,
  })
  .openapi('ServiceSummary')

const AskedField = z.object({
  name: z.string(),
  kind: FieldKind,
  mask: Mask,
  description: z.string(),
  personal: z.object({ purpose: z.string(), isOptional: z.boolean() }).or(z.null()).openapi({
    description: 'Of a personal field: what it is for. It leaves only by a consent of its own.',
  }),
})

export const AskedDataset = z
  .object({
    dataset: DatasetName,
    purpose: z.string(),
    history: z.string().nullable(),
    isOptional: z.boolean(),
    fields: z.array(AskedField),
  })
  .openapi('AskedDataset')

export const Listing = ServiceSummary.extend({
  capabilities: z.array(z.string()),
  country: z.string().nullable(),
  docs: z.string().nullable(),
  support: z.string().nullable(),
  state: ReleaseState,
  data: z.array(AskedDataset),
  money: z.object({ mode: z.enum(['exact', 'scaled']), reason: z.string().nullable() }),
  proposes: z.array(
    z.object({
      type: ActionType,
      max: Money.nullable(),
      risk: z.enum(['low', 'medium', 'high']),
      reachesThirdParty: z.boolean(),
      movesMoneyOut: z.boolean(),
      canBeUndone: z.boolean(),
    }),
  ),
  runs: z.object({
    schedule: z.string().nullable(),
    on: z.array(z.string()),
    where: z.enum(['sandbox', 'remote']),
  }),
  settings: z
    .record(z.string(), z.json())
    .nullable()
    .openapi({ type: ['object', 'null'], description: 'JSON Schema.' }),
  inWords: z.array(z.string()).openapi({ description: 'What it reads, proposes and costs, in sentences.' }),
  releases: z.array(
    z.object({
      id: ReleaseId,
      version: z.string(),
      state: ReleaseState,
      digest: z.string(),
      notice: z.string().nullable(),
      publishedAt: z.iso.datetime(),
      changes: z.array(z.string()).openapi({
        description: 'What it asks for beyond the release before; empty where it upgrades by itself.',
      }),
    }),
  ),
}).openapi('Listing')

export const CategoryCount = z.object({ category: Category, services: z.int() }).openapi('CategoryCount')
