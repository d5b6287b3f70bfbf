import { Client, DatabaseError } from 'pg'
import { roleUrl } from './db/database.ts'
import { requireKnownSchema } from './installation.ts'
import { openKeyring } from './keyring.ts'

const oldest = 18

/**
 * Refuses, having changed nothing, a Postgres that was given and cannot be used: it does not answer,
 * is too old, was written by a newer BizQ, or belongs to an installation with another master key. Resolves to
 * whether BizQ never was on it.
 */
export async function requireUsable(databaseUrl: string, masterKey: string | undefined): Promise<boolean> {
  const { host, pathname } = new URL(databaseUrl)
  const place = `the database ${host}${pathname}`
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect().catch((error: Error) => {
    throw new Error(
      `DATABASE_URL names ${place}, which cannot be used: ${error.message || String(error)}. Nothing was changed.`,
    )
  })
  try {
    await requireVersion(client, place)
    const schema = await schemaOf(client)
    requireKnownSchema(place, schema)
    const { rowCount: hasRoles } = await client.query("select 1 from pg_roles where rolname = 'bizq_owner'")
    if (hasRoles) await requireKey(databaseUrl, place, masterKey)
    return schema === undefined
  } finally {
    await client.end()
  }
}

async function requireVersion(client: Client, place: string): Promise<void> {
  const { rows } = await client.query<{ number: number; version: string }>(
    "select current_setting('server_version_num')::int as number, current_setting('server_version') as version",
  )
  const { number = 0, version = 'unknown' } = rows[0] ?? {}
  if (number >= oldest * 10_000) return
  throw new Error(
    `${place[0]?.toUpperCase()}${place.slice(1)} is Postgres ${version}; BizQ needs ${oldest} or newer. Nothing was changed.`,
  )
}

/** The last migration that it has; nothing where BizQ never was. */
async function schemaOf(client: Client): Promise<string | undefined> {
  const { rows } = await client.query("select to_regclass('migrations.kysely_migration') is not null as is")
  if (!rows[0]?.is) return undefined
  const { rows: newest } = await client.query<{ name: string | null }>(
    'select max(name) as name from migrations.kysely_migration',
  )
  return newest[0]?.name ?? undefined
}

/** The passwords of its roles come from the master key: the right one opens them. */
async function requireKey(databaseUrl: string, place: string, masterKey: string | undefined): Promise<void> {
  if (!masterKey) {
    throw new Error(
      `The master key of the data in ${place} is missing.\nSet BIZQ_MASTER_KEY, or BIZQ_HOME to the folder that has its master.key. Nothing was changed.`,
    )
  }
  const owner = new Client({
    connectionString: roleUrl(databaseUrl, 'owner', openKeyring(masterKey).password('owner')),
  })
  owner.on('error', () => {})
  try {
    await owner.connect()
    await owner.end()
  } catch (error) {
    const isRefused = error instanceof DatabaseError && error.code === '28P01'
    if (!isRefused) return // such as a role that may not yet connect
    throw new Error(
      `This master key is not the one of ${place}: its bizq roles have other passwords.\nSet the right BIZQ_MASTER_KEY, or use another Postgres. Nothing was changed.`,
      { cause: error },
    )
  }
}
