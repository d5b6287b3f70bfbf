import { z } from '@hono/zod-openapi'
import { ReleaseId } from '../releases/index.ts'

const RolloutSide = z
  .object({
    subscribers: z.int(),
    executions: z.int(),
    failures: z.int(),
    p95Ms: z.number().nullable(),
    accepted: z.int(),
    undone: z.int(),
  })
  .openapi('RolloutSide')

export const Rollout = z
  .object({
    release: ReleaseId,
    percent: z.int(),
    state: z.enum(['running', 'finished', 'reverted', 'stopped']).openapi({
      description:
        '`finished`: the rest followed. `reverted`: it did worse and went back by itself. `stopped`: its provider ended it.',
    }),
    startedAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    worse: z.array(z.enum(['failures', 'latency', 'undone'])),
    reasons: z.array(z.string()),
    figures: z.object({ canary: RolloutSide, stayed: RolloutSide, at: z.iso.datetime() }).nullable().openapi({
      description:
        'Told when five subscribers or more of each side stand behind what is new in them; null before.',
    }),
    margins: z
      .object({
        failures: z.object({
          fewestExecutions: z.int(),
          fewestFailures: z.int(),
          points: z.number(),
          alone: z.number(),
        }),
        latency: z.object({ fewestExecutions: z.int(), factor: z.number(), leastMs: z.number() }),
        undone: z.object({
          fewestAccepted: z.int(),
          fewestUndone: z.int(),
          points: z.number(),
          alone: z.number(),
        }),
      })
      .openapi({ description: 'By how much it may do worse before it goes back.' }),
  })
  .openapi('Rollout')
