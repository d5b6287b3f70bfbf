import { randomUUIDv7 } from 'node:crypto'
import { decodeId, type DatasetName } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork } from '../src/db/unit-of-work.ts'
import { insertRecords, type Values } from '../src/features/data/index.ts'
import type { Platform } from './harness.ts'
import type { Person } from './people.ts'

/** The day so many days ago, where the test businesses are. */
export function dayAgo(days: number): string {
  return Temporal.Now.plainDateISO('Europe/London').subtract({ days }).toString()
}

/** Puts records straight into a business, as an import would leave them before redaction. Answers their UUIDs. */
export async function putRecords(
  platform: Platform,
  operator: Person,
  business: string,
  dataset: DatasetName,
  rows: readonly Values[],
): Promise<string[]> {
  const organisation = decodeId('org', operator.organisation)
  const scope = { organisation, business: decodeId('bus', business) }
  const records = rows.map((values) => {
    const id = randomUUIDv7()
    return { id, source: 'test', sourceKey: id, values }
  })
  await withUnitOfWork(platform.deps, systemActor(organisation), ({ tx }) =>
    insertRecords(tx, scope, dataset, records),
  )
  return records.map(({ id }) => id)
}

/** An invoice of so many days ago with usual values. */
export function invoiceOf(ago: number, values: Values = {}): Values {
  const amount = { amount: 10_000, currency: 'GBP' }
  return {
    number: `INV-${ago}`,
    issuedAt: dayAgo(ago),
    dueAt: dayAgo(ago - 30),
    amount,
    amountDue: amount,
    status: 'open',
    ...values,
  }
}
