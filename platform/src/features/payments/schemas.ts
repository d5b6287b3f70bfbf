import { z } from '@hono/zod-openapi'

export const PaymentsMode = z
  .object({
    mode: z.enum(['live', 'test', 'simulator', 'off']).openapi({
      description:
        'live: real money. test: Stripe’s test mode. simulator: the local Stripe simulator, no real money. off: nothing is set up, nothing is charged.',
    }),
    publishableKey: z.string().nullable().openapi({
      description: 'For Stripe’s own scripts in a browser; none with the simulator.',
    }),
  })
  .openapi('PaymentsMode')
export type PaymentsMode = z.infer<typeof PaymentsMode>

export const WebhookQuery = z.object({ days: z.coerce.number().int().min(1).max(90).default(30) })

export const FailedEvent = z
  .object({
    id: z.string(),
    type: z.string(),
    object: z.string().openapi({ description: 'The kind of object that may have changed' }),
    objectId: z.string().or(z.null()),
    account: z.string().or(z.null()).openapi({ description: 'The connected account that it is of' }),
    happenedAt: z.iso.datetime(),
    failedAt: z.iso.datetime(),
    attempts: z.int(),
    error: z.string().or(z.null()).openapi({ description: 'What the last attempt ended with' }),
  })
  .openapi('FailedStripeEvent')
export type FailedEvent = z.infer<typeof FailedEvent>

export const WebhookFigures = z
  .object({
    types: z.array(
      z.object({
        type: z.string(),
        state: z.enum(['received', 'done', 'ignored', 'failed']).openapi({
          description:
            'ignored: nothing follows from this type; it is kept. failed: it could not be followed and was put aside.',
        }),
        events: z.int(),
        deliveries: z.int().openapi({ description: 'How often they came, repeats included' }),
        found: z
          .int()
          .openapi({ description: 'Of the events: those that never came and were found by reconciliation' }),
      }),
    ),
    refused: z.array(
      z.object({
        day: z.iso.date(),
        reason: z.enum(['forged', 'stale', 'malformed']),
        count: z.int(),
        lastAt: z.iso.datetime(),
      }),
    ),
    reconciledAt: z.iso.datetime().nullable().openapi({
      description: 'Until when every account’s own list of events was read',
    }),
  })
  .openapi('WebhookFigures')
export type WebhookFigures = z.infer<typeof WebhookFigures>
