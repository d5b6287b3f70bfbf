import { z } from '@hono/zod-openapi'
import { idPrefixes, idSchema, statesOf } from '@bizq/sdk/contract'

export const EndpointId = idSchema(idPrefixes.endpoint)

export const NewEndpoint = z.object({
  url: z.url().max(2_000),
  events: z
    .array(z.string().regex(/^(\*|[a-z-]+\.[a-z-]+)$/, 'must be a type such as action.applied, or *'))
    .min(1)
    .max(50)
    .default(['action.applied', 'action.undone', 'action.failed', 'audit.head']),
})

export const Endpoint = z
  .object({
    id: EndpointId,
    url: z.string(),
    events: z.array(z.string()),
    isOn: z.boolean(),
    offReason: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('WebhookEndpoint')

/** The secret stands here once, in the answer that makes it. */
export const MadeEndpoint = Endpoint.extend({ secret: z.string().nullable() }).openapi('MadeWebhookEndpoint')

export const Delivery = z
  .object({
    id: idSchema(idPrefixes.delivery),
    endpoint: EndpointId,
    event: z.string(),
    state: z.enum(statesOf('delivery')),
    attempts: z.int(),
    status: z.int().nullable(),
    detail: z.string().nullable(),
    nextAttemptAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('WebhookDelivery')

/** One delivery with what was sent and what came back. */
export const WholeDelivery = Delivery.extend({
  request: z.object({
    url: z.string(),
    headers: z.record(z.string(), z.string()).openapi({
      description:
        'Those that are the same at each attempt; webhook-timestamp and webhook-signature are made anew.',
    }),
    body: z.string(),
  }),
  response: z
    .object({ at: z.iso.datetime().nullable(), status: z.int(), body: z.string() })
    .nullable()
    .openapi({ description: 'The last answer, its first 2,000 characters; null where there was none.' }),
}).openapi('WholeWebhookDelivery')
