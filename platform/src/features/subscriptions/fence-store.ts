import type { Generated, Transaction } from 'kysely'
import type { DatasetName } from '@bizq/sdk/contract'
import type { Database } from '../../db/database.ts'

declare module '../../db/database.ts' {
  interface Database {
    dataset_fences: {
      organisation_id: string
      business_id: string
      dataset: DatasetName
      created_at: Generated<Date>
    }
  }
}

type Tx = Transaction<Database>

export function listFences(tx: Tx, business: string) {
  return tx
    .selectFrom('dataset_fences')
    .select(['dataset', 'created_at'])
    .where('business_id', '=', business)
    .orderBy('dataset')
    .execute()
}

export async function insertFence(tx: Tx, organisation: string, business: string, dataset: DatasetName) {
  await tx
    .insertInto('dataset_fences')
    .values({ organisation_id: organisation, business_id: business, dataset })
    .onConflict((oc) => oc.columns(['organisation_id', 'business_id', 'dataset']).doNothing())
    .execute()
}

export async function deleteFence(tx: Tx, business: string, dataset: DatasetName) {
  await tx
    .deleteFrom('dataset_fences')
    .where('business_id', '=', business)
    .where('dataset', '=', dataset)
    .execute()
}
