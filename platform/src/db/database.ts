import { Kysely, PostgresDialect } from 'kysely'
import { Pool, types } from 'pg'
import { PreparingClient } from './preparing-client.ts'

/**
 * Every table, by its name on the search path `bizq, public`. Each feature adds its own in its
 * store: `declare module '../../db/database.ts' { interface Database { things: ThingTable } }`.
 */
// oxlint-disable-next-line typescript/no-empty-object-type, typescript/no-empty-interface -- filled by the features
export interface Database {}

/** What the roles of the database may do; see migrations/0001. */
export const databaseRoles = ['owner', 'app', 'directory', 'masked', 'auth', 'sealer'] as const
export type DatabaseRole = (typeof databaseRoles)[number]

const int8 = 20
const date = 1082

/** int8 comes as a number when it is safe (money, counts) and as text beyond; dates stay text. */
function parserOf(oid: number, format?: unknown) {
  if (oid === int8) {
    return (text: string) => {
      const value = Number(text)
      return Number.isSafeInteger(value) ? value : text
    }
  }
  if (oid === date) return (text: string) => text
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- every type's number is taken
  return types.getTypeParser(oid, format as 'text')
}

export interface OpenPoolOptions {
  connectionString: string
  max: number
  name: string
  searchPath?: string
  /** Sends what is queried without awaiting in one trip. Only for connections that are checked out. */
  isPipelined?: boolean
  onError: (error: Error) => void
}

/** Opens a pool. A connection that breaks is reported and replaced, never thrown: not while it idles, and not within a transaction. */
export function openPool({
  connectionString,
  max,
  name,
  searchPath = 'bizq,public',
  isPipelined = false,
  onError,
}: OpenPoolOptions): Pool {
  const pool = new Pool({
    Client: PreparingClient,
    connectionString,
    max,
    pipeline: isPipelined,
    application_name: `bizq-${name}`,
    // A peer that is gone without a word is found out within a minute, on both sides: it may hold locks.
    options: `-c search_path=${searchPath} -c timezone=UTC -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3`,
    keepAlive: true,
    types: { getTypeParser: parserOf as typeof types.getTypeParser },
  })
  // Between two statements of a transaction nobody else listens, and an error that nobody hears ends the process.
  pool.on('connect', (client) => void client.on('error', onError))
  pool.on('error', () => {})
  return pool
}

export function openDatabase(pool: Pool): Kysely<Database> {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
}

/** The address of the same database for one of its roles. */
export function roleUrl(databaseUrl: string, role: DatabaseRole, password: string): string {
  const url = new URL(databaseUrl)
  url.username = `bizq_${role}`
  url.password = password
  return url.toString()
}
