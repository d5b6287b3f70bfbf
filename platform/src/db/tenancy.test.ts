import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { expect } from 'vitest'
import { asAdmin } from '../../test/executions.ts'
import { test, type Platform } from '../../test/harness.ts'

/** Tables of the installation as a whole: they say nothing of any organisation. */
const ofNobody = ['bizq.audit_watermark', 'bizq.release_circuits', 'bizq.signing_keys']

interface Column {
  name: string
  type: string
  isNeeded: boolean
}
interface Table {
  name: string
  columns: Column[]
}

/** Every table of ours, with its columns; `isNeeded` is one that has no default and may not be null. */
async function tablesOf(platform: Platform): Promise<Table[]> {
  const rows = await asAdmin<(Column & { table: string })[]>(
    platform,
    `select n.nspname || '.' || c.relname as table, a.attname as name, format_type(a.atttypid, null) as type,
       a.attnotnull and not a.atthasdef and a.attidentity = '' as "isNeeded"
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname in ('bizq', 'data') and a.attnum > 0 and not a.attisdropped
     order by 1, a.attnum`,
  )
  return Array.from(
    Map.groupBy(rows, (row) => row.table),
    ([name, columns]) => ({ name, columns }),
  )
}

const isTenants = ({ columns }: Table): boolean => columns.some(({ name }) => name === 'organisation_id')

async function tenantTables(platform: Platform): Promise<Table[]> {
  return (await tablesOf(platform)).filter(isTenants)
}

test('every table that may hold something of an organisation is forced through one policy, and no other lets the app in', async ({
  platform,
}) => {
  const tables = await tablesOf(platform)
  expect(tables.length).toBeGreaterThan(50)
  expect(tables.filter((table) => !isTenants(table)).map(({ name }) => name)).toEqual(ofNobody)
  const security = await asAdmin<{ table: string; isForced: boolean; policies: string[] }[]>(
    platform,
    `select n.nspname || '.' || c.relname as table, c.relrowsecurity and c.relforcerowsecurity as "isForced",
       array(select concat_ws(' | ', p.polname, p.polcmd, pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid)) from pg_policy p
         where p.polrelid = c.oid and (0 = any(p.polroles) or 'bizq_app'::regrole = any(p.polroles)) order by 1) as policies
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname in ('bizq', 'data')`,
  )
  const own = '(organisation_id = ( SELECT bizq.organisation() AS organisation))'
  for (const { table, isForced, policies } of security.filter((each) => !ofNobody.includes(each.table)))
    expect({ table, isForced, policies }).toEqual({
      table,
      isForced: true,
      policies: [`tenant | * | ${own} | ${own}`],
    })
})

test('what views show across organisations they show to the directory alone', async ({ platform }) => {
  const policies = await asAdmin<{ name: string; what: string }[]>(
    platform,
    `select distinct polname as name, concat_ws(' | ', polcmd, polroles::regrole[]::text, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) as what
     from pg_policy where polname <> 'tenant' order by 1, 2`,
  )
  expect(policies).toEqual([
    { name: 'directory', what: `r | {bizq_owner} | (CURRENT_USER = 'bizq_directory'::name)` },
    {
      name: 'once_published',
      what: 'r | {bizq_owner} | ((published_at IS NOT NULL) OR (staged_at IS NOT NULL))',
    },
    {
      name: 'platform',
      what: `r | {bizq_owner} | ((kind = 'platform'::text) AND (CURRENT_USER = 'bizq_owner'::name))`,
    },
    { name: 'sealer', what: '* | {bizq_sealer} | true | true' },
    { name: 'sealer', what: 'r | {bizq_sealer} | true' },
  ])
})

test('no role but the owner owns anything, goes past row-level security, or may become another', async ({
  platform,
}) => {
  const roles = await asAdmin(
    platform,
    `select r.rolname as role, r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication as "isMighty",
       exists (select 1 from pg_auth_members m where m.member = r.oid) as "isMember",
       exists (select 1 from pg_class c where c.relowner = r.oid and r.rolname <> 'bizq_owner') as "ownsSomething"
     from pg_roles r where r.rolname like 'bizq\\_%' order by 1`,
  )
  expect(roles).toEqual(
    ['app', 'auth', 'directory', 'masked', 'owner', 'sealer'].map((role) => ({
      role: `bizq_${role}`,
      isMighty: false,
      isMember: false,
      ownsSomething: false,
    })),
  )
})

/** What is the operator's own and never deleted before what names it. */
const parents = /\.(business|subscription|grant|action|endpoint|bundle)_id$/
/** Policies know facts and no action. */
const loose = new Set(['bizq.policy_facts.action_id'])

test('every key between tables carries the organisation, and what belongs to a business, a subscription, a grant or an action is tied to it', async ({
  platform,
}) => {
  const keys = await asAdmin<{ from: string; columns: string[]; to: string; targets: string[] }[]>(
    platform,
    `select conrelid::regclass::text as from, confrelid::regclass::text as to,
       array(select a.attname::text from unnest(conkey) with ordinality k (n, i) join pg_attribute a on a.attrelid = conrelid and a.attnum = k.n order by i) as columns,
       array(select a.attname::text from unnest(confkey) with ordinality k (n, i) join pg_attribute a on a.attrelid = confrelid and a.attnum = k.n order by i) as targets
     from pg_constraint where contype = 'f' and connamespace in ('bizq'::regnamespace, 'data'::regnamespace)`,
  )
  for (const key of keys) {
    expect(key.targets[0], `${key.from} → ${key.to}`).toBe('organisation_id')
    expect(['organisation_id', 'provider_id'], `${key.from} → ${key.to}`).toContain(key.columns[0])
  }
  const tied = new Set(keys.flatMap(({ from, columns }) => columns.map((column) => `${from}.${column}`)))
  const named = (await tenantTables(platform)).flatMap(({ name, columns }) =>
    columns.map((column) => `${name}.${column.name}`).filter((column) => parents.test(column)),
  )
  expect(named.length).toBeGreaterThan(40)
  expect(named.filter((column) => !tied.has(column) && !loose.has(column))).toEqual([])
})

/** What happened is added to and never changed. */
const onlyAddedTo = [
  'bizq.audit_entries',
  'bizq.bundles',
  'bizq.decisions',
  'bizq.disclosures',
  'bizq.events',
  'bizq.messages',
  'bizq.review_versions',
  'bizq.subscriber_messages',
]
/** What others write: the sealer, or a function that tells a provider its own row. */
const onlyRead = [
  'bizq.audit_chain',
  'bizq.audit_ends',
  'bizq.audit_heads',
  'bizq.provider_executions',
  'bizq.provider_outcomes',
  'bizq.service_reviews',
  'bizq.subscribers',
]

test('the app can add to what happened and not change it, nor write what is for others to write', async ({
  platform,
}) => {
  const rights = await asAdmin<{ table: string; rights: string[] }[]>(
    platform,
    `select n.nspname || '.' || c.relname as table, array(select r from unnest(array['insert', 'update', 'delete', 'truncate', 'trigger', 'references']) r
       where has_table_privilege('bizq_app', c.oid, r)) as rights
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname in ('bizq', 'data')`,
  )
  const of = new Map(rights.map((row) => [row.table, row.rights]))
  for (const table of onlyAddedTo)
    expect({ table, rights: of.get(table) }).toEqual({ table, rights: ['insert'] })
  for (const table of onlyRead) expect({ table, rights: of.get(table) }).toEqual({ table, rights: [] })
  expect(
    rights.filter((row) => row.rights.some((right) => !['insert', 'update', 'delete'].includes(right))),
  ).toEqual([])
})

test('no amount of money is kept as a floating-point number', async ({ platform }) => {
  const floating = (await tablesOf(platform)).flatMap(({ name, columns }) =>
    columns
      .filter(({ type }) => type === 'double precision' || type === 'real')
      .map((column) => `${name}.${column.name}`),
  )
  expect(floating).toEqual([
    'bizq.actions.confidence',
    'bizq.executions.cpu_ms',
    'bizq.executions.wall_ms',
    'bizq.executions.peak_rss_mib',
    'bizq.provider_executions.wall_ms',
    'bizq.provider_executions.cpu_ms',
  ])
})

const valueOf: Record<string, string> = {
  uuid: 'gen_random_uuid()',
  text: `gen_random_uuid()::text`,
  citext: `gen_random_uuid()::text`,
  jsonb: `'{}'`,
  bytea: `'\\x00'`,
  'text[]': `'{}'`,
  boolean: 'true',
  'timestamp with time zone': 'now()',
  date: 'current_date',
  xid8: 'pg_current_xact_id()',
}

function insertOf({ name, columns }: Table, organisation: string): string {
  const needed = columns.filter((column) => column.isNeeded && column.name !== 'organisation_id')
  const values = needed.map(({ type }) => valueOf[type] ?? '1')
  const names = ['organisation_id', ...needed.map((column) => `"${column.name}"`)].join(', ')
  return `insert into ${name} (${names}) values (${[`'${organisation}'`, ...values].join(', ')})`
}

/** What a statement does for one organisation: how many rows it meets, or the code of the refusal. */
async function tryAs(pool: Pool, organisation: string, statement: string): Promise<number | string | null> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(`select set_config('bizq.organisation', $1, true)`, [organisation])
    return (await client.query(statement)).rowCount
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await client.query('rollback')
    client.release()
  }
}

const refused = '42501'

test('in every table of an organisation, another can see, change, delete and add nothing; without one there is nothing', async ({
  platform,
}) => {
  const tables = await tenantTables(platform)
  const [one, other] = [randomUUID(), randomUUID()]
  // One row of each of two organisations in every table, whatever else the row would need.
  const checks = await asAdmin<{ drop: string }[]>(
    platform,
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop from pg_constraint
     where contype = 'c' and connamespace in ('bizq'::regnamespace, 'data'::regnamespace)`,
  )
  const rows = tables.flatMap((table) => [insertOf(table, one), insertOf(table, other)])
  await asAdmin(
    platform,
    [`set session_replication_role = replica`, ...checks.map(({ drop }) => drop), ...rows].join(';\n'),
  )

  const { app } = platform.deps.pools
  for (const table of tables) {
    const { name } = table
    const theirs = `where organisation_id = '${other}'`
    const found = {
      table: name,
      own: await tryAs(app, one, `select 1 from ${name}`),
      theirs: await tryAs(app, one, `select 1 from ${name} ${theirs}`),
      nobodys: await tryAs(app, '', `select 1 from ${name}`),
      changed: await tryAs(app, one, `update ${name} set organisation_id = organisation_id ${theirs}`),
      deleted: await tryAs(app, one, `delete from ${name} ${theirs}`),
      added: await tryAs(app, one, insertOf(table, other)),
    }
    const nothing = expect.toSatisfy((each: unknown) => each === 0 || each === refused)
    expect(found).toEqual({
      table: name,
      own: 1,
      theirs: 0,
      nobodys: 0,
      changed: nothing,
      deleted: nothing,
      added: refused,
    })
    for (const role of ['masked', 'auth'] as const)
      expect({
        name,
        role,
        seen: await tryAs(platform.deps.pools[role], one, `select 1 from ${name}`),
      }).toEqual({
        name,
        role,
        seen: refused,
      })
  }
})
