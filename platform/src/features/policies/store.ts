import { sql, type Generated, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Facts, Outcome, PolicyBody } from './schemas.ts'

declare module '../../db/database.ts' {
  interface Database {
    policies: {
      organisation_id: string
      id: string
      name: string
      is_enabled: boolean
      body: unknown
      created_at: Generated<Date>
      updated_at: Generated<Date>
    }
    policy_facts: {
      organisation_id: string
      action_id: string
      facts: unknown
      outcome: Outcome
      at: Generated<Date>
    }
  }
}

type Tx = Transaction<Database>

export function listPolicies(tx: Tx) {
  return tx
    .selectFrom('policies')
    .select(['id', 'name', 'is_enabled', 'body', 'updated_at'])
    .orderBy('created_at')
    .execute()
}

export async function savePolicy(
  tx: Tx,
  organisation: string,
  id: string,
  policy: { name: string; isEnabled: boolean; body: PolicyBody },
) {
  const values = {
    name: policy.name,
    is_enabled: policy.isEnabled,
    body: JSON.stringify(policy.body),
    updated_at: new Date(),
  }
  return tx
    .insertInto('policies')
    .values({ organisation_id: organisation, id, ...values })
    .onConflict((oc) => oc.columns(['organisation_id', 'id']).doUpdateSet(values))
    .returning(['id', 'name', 'is_enabled', 'body', 'updated_at'])
    .executeTakeFirstOrThrow()
}

export async function deletePolicy(tx: Tx, id: string): Promise<boolean> {
  const result = await tx.deleteFrom('policies').where('id', '=', id).executeTakeFirst()
  return result.numDeletedRows === 1n
}

export async function saveFacts(
  tx: Tx,
  organisation: string,
  action: string,
  facts: Facts,
  outcome: Outcome,
): Promise<void> {
  const values = { facts: JSON.stringify(facts), outcome }
  await tx
    .insertInto('policy_facts')
    .values({ organisation_id: organisation, action_id: action, ...values })
    .onConflict((oc) => oc.columns(['organisation_id', 'action_id']).doUpdateSet(values))
    .execute()
}

/** The same for many actions, each named once. */
export async function saveManyFacts(
  tx: Tx,
  organisation: string,
  judged: readonly { action: string; facts: Facts; outcome: Outcome }[],
): Promise<void> {
  await sql`insert into bizq.policy_facts (organisation_id, action_id, facts, outcome)
    select ${organisation}::uuid, j.action, j.facts, j.outcome
    from json_to_recordset(${JSON.stringify(judged)}::json) as j (action uuid, facts jsonb, outcome text)
    on conflict (organisation_id, action_id) do update set facts = excluded.facts, outcome = excluded.outcome`.execute(
    tx,
  )
}

export function listFacts(tx: Tx, since: Date, limit: number) {
  return tx
    .selectFrom('policy_facts')
    .select(['action_id', 'facts', 'outcome', 'at'])
    .where('at', '>=', since)
    .orderBy('at', 'desc')
    .limit(limit)
    .execute()
}

export function findFacts(tx: Tx, action: string) {
  return tx.selectFrom('policy_facts').select('facts').where('action_id', '=', action).executeTakeFirst()
}
