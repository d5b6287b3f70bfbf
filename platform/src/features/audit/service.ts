import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { insertEntry } from './store.ts'

/** Records who did what, in the transaction that does it. The subject holds ids and plain facts, never a personal value. */
export async function audit(
  unit: UnitOfWork,
  action: string,
  subject: Record<string, unknown>,
): Promise<void> {
  await insertEntry(unit, action, subject)
}
