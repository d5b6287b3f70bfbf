import { sql, type Transaction } from 'kysely'
import type { DatasetName } from '@bizq/sdk/contract'
import type { Database } from '../../../db/database.ts'
import type { ParsedError } from '../formats/index.ts'
import { tableRef, within, type Scope } from '../record-store.ts'
import type { Values } from '../values.ts'
import type { Edge, Numbered } from './align.ts'
import { groupRange } from './numbering.ts'

type Tx = Transaction<Database>

/** The rows of a group that other imports left, in the order of their creation. */
export async function findGroup(
  tx: Tx,
  scope: Scope,
  importId: string,
  group: { dataset: DatasetName; source: string; group: string },
): Promise<Numbered[]> {
  const [from, below] = groupRange(group.group)
  const { rows } = await sql<{ source_key: string }>`
    select t.source_key from ${tableRef(group.dataset)} t
    where ${within(scope)} and t.source = ${group.source} and t.source_key >= ${from} and t.source_key < ${below}
      and t.import_id is distinct from ${importId}::uuid order by t.seq`.execute(tx)
  return rows.map((row) => {
    const [, key = '', n = '1'] = row.source_key.split('/')
    return { key, n: Number(n) }
  })
}

/** Every group of the business at which a file was cut. */
export async function listEdges(tx: Tx, scope: Scope, importId: string) {
  const { rows } = await sql<{ dataset: DatasetName; group_key: string; edge: Exclude<Edge, null> }>`
    select t.dataset, t.group_key, t.edge from data.import_edges t
    where ${within(scope)} and t.import_id <> ${importId}`.execute(tx)
  return rows
}

export interface NotedEdge {
  dataset: DatasetName
  group: string
  edge: Edge
}

export async function saveEdges(
  tx: Tx,
  scope: Scope,
  importId: string,
  edges: readonly NotedEdge[],
): Promise<void> {
  for (const { dataset, group, edge } of edges) {
    if (edge === null) {
      await sql`delete from data.import_edges t
        where ${within(scope)} and t.dataset = ${dataset} and t.group_key = ${group}`.execute(tx)
    } else {
      await sql`insert into data.import_edges (organisation_id, business_id, dataset, group_key, import_id, edge)
        values (${scope.organisation}, ${scope.business}, ${dataset}, ${group}, ${importId}, ${edge})
        on conflict (organisation_id, business_id, dataset, group_key, import_id) do update set edge = excluded.edge`.execute(
        tx,
      )
    }
  }
}

export async function recallGroups(
  tx: Tx,
  scope: Scope,
  importId: string,
  dataset: DatasetName,
  groups: readonly string[],
) {
  const { rows } = await sql<{ group_key: string; counts: Record<string, number> }>`
    select t.group_key, t.counts from data.import_groups t
    where t.organisation_id = ${scope.organisation} and t.import_id = ${importId} and t.dataset = ${dataset}
      and t.group_key = any(${groups}::text[])`.execute(tx)
  return new Map(rows.map((row) => [row.group_key, row.counts]))
}

export interface SpilledGroup {
  dataset: DatasetName
  group: string
  counts: Record<string, number>
}

export async function spillGroups(
  tx: Tx,
  scope: Scope,
  importId: string,
  groups: readonly SpilledGroup[],
): Promise<void> {
  if (groups.length === 0) return
  const latest = new Map(groups.map((each) => [`${each.dataset} ${each.group}`, each]))
  await sql`
    insert into data.import_groups (organisation_id, import_id, dataset, group_key, counts)
    select ${scope.organisation}::uuid, ${importId}::uuid, g.dataset, g."group", g.counts
    from json_to_recordset(${JSON.stringify([...latest.values()])}::json) g(dataset text, "group" text, counts jsonb)
    on conflict (organisation_id, import_id, dataset, group_key) do update set counts = excluded.counts`.execute(
    tx,
  )
}

export async function clearGroups(tx: Tx, scope: Scope, importId: string): Promise<void> {
  await sql`delete from data.import_groups t
    where t.organisation_id = ${scope.organisation} and t.import_id = ${importId}`.execute(tx)
}

export interface RecordChange {
  dataset: DatasetName
  record: string
  previous: Values
  /** Overrides that ended, by field. */
  overrides: Record<string, string>
  asOf: string | null
}

/** What an import changed of records that others created. Of several changes by one import the earliest values count. */
export async function saveChanges(
  tx: Tx,
  scope: Scope,
  importId: string,
  changes: readonly RecordChange[],
): Promise<void> {
  if (changes.length === 0) return
  await sql`
    insert into data.import_changes as t (organisation_id, business_id, dataset, record_id, import_id, previous, overrides, as_of)
    select ${scope.organisation}::uuid, ${scope.business}::uuid, c.dataset, c.record, ${importId}::uuid, c.previous, c.overrides, c."asOf"
    from json_to_recordset(${JSON.stringify(changes)}::json)
      c(dataset text, record uuid, previous jsonb, overrides jsonb, "asOf" text)
    on conflict (organisation_id, business_id, dataset, record_id, import_id)
    do update set previous = excluded.previous || t.previous, overrides = excluded.overrides || t.overrides`.execute(
    tx,
  )
}

/** That an import holds records which others created. */
export async function saveSightings(
  tx: Tx,
  scope: Scope,
  importId: string,
  dataset: DatasetName,
  records: readonly string[],
): Promise<void> {
  if (records.length === 0) return
  await sql`
    insert into data.import_sightings (organisation_id, business_id, dataset, record_id, import_id)
    select ${scope.organisation}::uuid, ${scope.business}::uuid, ${dataset}, r, ${importId}::uuid
    from unnest(${records}::uuid[]) r on conflict do nothing`.execute(tx)
}

/** Adds up the totals of orders that came without one. */
export async function sumOrders(tx: Tx, scope: Scope, orders: readonly string[]): Promise<void> {
  if (orders.length === 0) return
  await sql`
    update data.orders t set total = s.total, updated_at = now()
    from (select o.id, coalesce((select sum(l.amount) from data.order_lines l where l."order" = o.id), 0)::bigint as total
      from unnest(${orders}::uuid[]) o(id)) s
    where ${within(scope)} and t.id = s.id and 'total' = any(t.summed) and t.total is distinct from s.total
      and not exists (select 1 from data.overrides v where v.organisation_id = t.organisation_id
        and v.business_id = t.business_id and v.dataset = 'orders' and v.record_id = t.id
        and v.field = 'total' and v.state = 'standing')`.execute(tx)
}

/** The orders of a business whose totals are added up, a page at a time. */
export async function listSummedOrders(
  tx: Tx,
  scope: Scope,
  after: string | undefined,
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select t.id from data.orders t where ${within(scope)} and 'total' = any(t.summed)
      ${after === undefined ? sql`` : sql`and t.id > ${after}::uuid`} order by t.id limit ${limit}`.execute(
    tx,
  )
  return rows.map((row) => row.id)
}

/** Tells the planner how large these tables have become, so that no statement treats a full table as an empty one. */
export async function analyze(tx: Tx, datasets: Iterable<DatasetName>): Promise<void> {
  for (const dataset of datasets) await sql`analyze ${tableRef(dataset)}`.execute(tx)
  await sql`analyze data.record_aliases`.execute(tx)
}

export async function insertCategories(tx: Tx, scope: Scope, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await sql`
    insert into data.categories (organisation_id, business_id, name)
    select ${scope.organisation}::uuid, ${scope.business}::uuid, n from unnest(${names}::text[]) n
    on conflict do nothing`.execute(tx)
}

export async function insertErrors(
  tx: Tx,
  scope: Scope,
  importId: string,
  from: number,
  errors: readonly Pick<ParsedError, 'line' | 'field' | 'reason'>[],
): Promise<void> {
  if (errors.length === 0) return
  const rows = errors.map(({ line, field, reason }, index) => ({ n: from + index, line, field, reason }))
  await sql`
    insert into data.import_errors (organisation_id, import_id, n, line, field, reason)
    select ${scope.organisation}::uuid, ${importId}::uuid, e.n, e.line, e.field, e.reason
    from json_to_recordset(${JSON.stringify(rows)}::json) e(n int, line int, field text, reason text)`.execute(
    tx,
  )
}
