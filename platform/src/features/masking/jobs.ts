import { decodeId, idPrefixes } from '@bizq/sdk/contract'
import type { DomainEvent, UnitOfWork } from '../../db/unit-of-work.ts'
import { defineJob, enqueue } from '../../jobs/define.ts'
import { redactTexts, type RedactTexts } from './redact-texts.ts'

/** Redacts what is new of a business; at most one waits while others run. */
export const redactTextsJob = defineJob<RedactTexts>(
  'masking.redact-texts',
  async (deps, payloads) => {
    for (const payload of payloads) await redactTexts(deps, payload)
  },
  { queue: { policy: 'short', expireInSeconds: 2 * 3_600 } },
)

const changes: ReadonlySet<string> = new Set([
  'import.finished',
  'import.failed',
  'import.undone',
  'record.changed',
])

/** Listens for texts that are new or changed. */
export async function redactOnChange(unit: UnitOfWork, event: DomainEvent): Promise<void> {
  if (!changes.has(event.type)) return
  const { business } = event.payload as { business: string }
  const id = decodeId(idPrefixes.business, business)
  await enqueue(unit, redactTextsJob, { organisation: unit.actor.organisation, business: id }, { key: id })
}
