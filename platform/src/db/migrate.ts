import { promises as fs } from 'node:fs'
import { join } from 'node:path'
import { FileMigrationProvider, Migrator } from 'kysely/migration'
import { Client } from 'pg'
import { PgBoss } from 'pg-boss'
import { databaseRoles, openDatabase, openPool, roleUrl, type DatabaseRole } from './database.ts'
import type { JobDefinition } from '../jobs/define.ts'

const migrationFolder = join(import.meta.dirname, '../../migrations')

/**
 * Makes the roles, extensions and rights that only an administrator can make. Safe to run again.
 * `adminUrl` is a superuser, or a role with CREATEROLE that owns the database.
 */
export async function prepareDatabase(
  adminUrl: string,
  password: (role: DatabaseRole) => string,
): Promise<void> {
  const client = new Client({ connectionString: adminUrl })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('select pg_advisory_lock(7243392)')
    for (const role of databaseRoles) {
      const name = `bizq_${role}`
      const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [name])
      const login = `login nosuperuser nocreatedb nocreaterole noinherit nobypassrls password '${password(role)}'`
      await client.query(rowCount ? `alter role ${name} ${login}` : `create role ${name} ${login}`)
    }
    const { rows } = await client.query<{ name: string }>('select current_database() as name')
    const database = client.escapeIdentifier(rows[0]?.name ?? '')
    for (const extension of ['pgcrypto', 'citext', 'pg_trgm', 'unaccent']) {
      await client.query(`create extension if not exists ${extension} schema public`)
    }
    await client.query(`revoke all on database ${database} from public`)
    await client.query(`revoke create on schema public from public`)
    await client.query(
      `grant connect on database ${database} to ${databaseRoles.map((r) => `bizq_${r}`).join(', ')}`,
    )
    await client.query(`grant temporary on database ${database} to bizq_app`)
    await client.query(`grant create on database ${database} to bizq_owner`)
  } finally {
    await client.end()
  }
}

/** Brings the schema and the queue's tables up to date, as the owner. Two nodes at once: one does it, the other waits. */
export async function migrate(
  databaseUrl: string,
  ownerPassword: string,
  jobs: readonly JobDefinition[],
): Promise<string[]> {
  const url = roleUrl(databaseUrl, 'owner', ownerPassword)
  const pool = openPool({ connectionString: url, max: 2, name: 'migrate', onError: () => {} })
  const db = openDatabase(pool)
  try {
    const migrator = new Migrator({
      db,
      provider: new FileMigrationProvider({ fs, path: { join }, migrationFolder }),
      migrationTableSchema: 'migrations',
    })
    await requireNotNewer(migrator)
    const { error, results } = await migrator.migrateToLatest()
    if (error) throw error
    await installQueue(url, jobs)
    await pool.query('grant usage on schema pgboss to bizq_app')
    await pool.query('grant select, insert, update, delete on all tables in schema pgboss to bizq_app')
    await pool.query('grant execute on all functions in schema pgboss to bizq_app')
    return (results ?? []).map((result) => result.migrationName)
  } finally {
    await db.destroy()
  }
}

async function requireNotNewer(migrator: Migrator): Promise<void> {
  try {
    await migrator.getMigrations()
  } catch (error) {
    throw new Error(
      'The data was written by a newer version of BizQ than this one. Start that version, or restore a backup made by this one. Nothing was changed.',
      { cause: error },
    )
  }
}

async function installQueue(url: string, jobs: readonly JobDefinition[]): Promise<void> {
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, max: 1 })
  boss.on('error', () => {})
  await boss.start()
  try {
    for (const job of jobs) {
      await boss.createQueue(job.name, job.queue)
      const { policy: _policy, ...rest } = job.queue
      await boss.updateQueue(job.name, rest)
    }
  } finally {
    await boss.stop({ graceful: false })
  }
}
