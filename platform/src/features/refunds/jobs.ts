import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { defineJob } from '../../jobs/define.ts'
import type { StripeSync } from '../../stripe/sync.ts'
import { followDispute, followOutsideRefund, returnOutside } from './card-disputes.ts'
import { creditMeasured } from './downtime.ts'
import { listOpenDisputes } from './dispute-store.ts'
import { handInEvidence } from './evidence.ts'
import { followRefund, settleRefund, type RefundOf } from './settle.ts'
import { planTakeBack } from './taken-back.ts'
import * as told from './told-store.ts'

/** Brings one refund to its end. */
export const settleRefundJob = defineJob<RefundOf>(
  'refunds.settle',
  async (deps, payloads) => {
    for (const payload of payloads) await settleRefund(deps, payload)
  },
  { queue: { retryLimit: 20 } },
)

/** Hands the evidence of a dispute in, once. */
export const evidenceJob = defineJob<{ dispute: string }>(
  'refunds.evidence',
  async (deps, payloads) => {
    for (const { dispute } of payloads) await handInEvidence(deps, dispute)
  },
  { queue: { retryLimit: 20 } },
)

const mostTakeBacks = 500

/** Every minute: what invoices charged and nothing justified in the end becomes account credit, each once. */
export const takeBackJob = defineJob<object>(
  'refunds.take-back',
  async (deps) => {
    for (const back of await told.listOpenTakeBacks(deps.directory, mostTakeBacks))
      await withUnitOfWork(deps, systemActor(back.organisation_id), (unit) => planTakeBack(unit, back))
  },
  { cron: '* * * * *', concurrency: 1, queue: { policy: 'singleton', retryLimit: 0 } },
)

/** Every hour: what months below 99.9 % are credited with, when all is known of them. */
export const creditDowntimeJob = defineJob<object>('refunds.credit-downtime', creditMeasured, {
  cron: '41 * * * *',
  concurrency: 1,
  queue: { policy: 'singleton', retryLimit: 0 },
})

const leftAfterMs = 10 * 60_000

/** Every ten minutes: refunds whose job ran out of tries. */
export const sweepRefundsJob = defineJob<object>(
  'refunds.sweep',
  async (deps) => {
    const left = await told.listOpen(deps.directory, {
      madeBefore: new Date(deps.clock().getTime() - leftAfterMs),
    })
    for (const { organisation_id: organisation, id: refund, state } of left)
      if (state === 'planned') await settleRefund(deps, { organisation, refund })
  },
  { cron: '7-59/10 * * * *', concurrency: 1, queue: { policy: 'singleton', retryLimit: 0 } },
)

export const refundSync: StripeSync = {
  object: 'refund',
  sync: async (deps, { id }) => {
    const refund = await deps.stripe.refunds.retrieve(id)
    if (!(await followRefund(deps, refund))) await followOutsideRefund(deps, refund)
    await returnOutside(deps, refund)
  },
  unfinished: async (deps) => {
    const open = await told.listOpen(deps.directory, { madeBefore: deps.clock() })
    return open.flatMap(({ stripe_refund: id }) => (id === null ? [] : [{ id, account: null }]))
  },
}

export const disputeSync: StripeSync = {
  object: 'dispute',
  sync: async (deps, { id }) => followDispute(deps, await deps.stripe.disputes.retrieve(id)),
  unfinished: async (deps) =>
    (await listOpenDisputes(deps.directory)).map(({ stripe_dispute: id }) => ({ id, account: null })),
}
