import { betterAuth } from 'better-auth'
import { Kysely, PostgresDialect } from 'kysely'
import type { Pool } from 'pg'

export interface SignedIn {
  user: { id: string; name: string; email: string }
  session: { id: string; token: string }
}

/** What the product uses of the library that owns users, sessions and passwords. */
export interface Auth {
  /** Answers everything under /auth. */
  handle(request: Request): Promise<Response>
  /** Who the session cookie belongs to; nobody when there is none or it is over. */
  findSession(headers: Headers): Promise<SignedIn | null>
  /** Which of these sessions (by id) are not over. */
  findLiveSessions(ids: readonly string[]): Promise<Set<string>>
}

export interface AuthOptions {
  pool: Pool
  secret: string
  baseUrl: string
}

const week = 7 * 86_400

/** Opens better-auth on its own schema and role. */
export function createAuth({ pool, secret, baseUrl }: AuthOptions): Auth {
  const db = new Kysely<{ session: { id: string; expiresAt: Date } }>({
    dialect: new PostgresDialect({ pool }),
  })
  const auth = betterAuth({
    baseURL: baseUrl,
    basePath: '/auth',
    secret,
    trustedOrigins: (request) => (request ? [originOf(request)] : []),
    database: { db: db as never, type: 'postgres', transaction: true },
    telemetry: { enabled: false },
    logger: { disabled: true },
    rateLimit: { enabled: false },
    emailAndPassword: { enabled: true, minPasswordLength: 10, maxPasswordLength: 200, autoSignIn: true },
    session: { expiresIn: week, updateAge: 86_400 },
    advanced: {
      cookiePrefix: 'bizq',
      useSecureCookies: baseUrl.startsWith('https:'),
      database: { generateId: 'uuid' },
    },
  })
  return {
    handle: (request) => auth.handler(request),
    findSession: async (headers) => {
      if (!headers.get('cookie')?.includes('session_token')) return null
      const found = await auth.api.getSession({ headers })
      return found
    },
    findLiveSessions: async (ids) => {
      if (ids.length === 0) return new Set()
      const rows = await db
        .selectFrom('session')
        .select('id')
        .where('id', 'in', [...ids])
        .where('expiresAt', '>', new Date())
        .execute()
      return new Set(rows.map((row) => row.id))
    },
  }
}

function originOf(request: Request): string {
  const url = new URL(request.url)
  return `${url.protocol}//${request.headers.get('host') ?? url.host}`
}
