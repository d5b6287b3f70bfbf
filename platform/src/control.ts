import { randomBytes, timingSafeEqual } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Logger } from 'pino'
import { openBackup, type BackupSource } from './backup.ts'
import { writeWhole } from './installation.ts'

export interface ControlOptions {
  home: string
  /** None where the database is not ours to copy. */
  backup: BackupSource | undefined
  log: Logger
}

const fileOf = (home: string) => join(home, 'control.json')

/**
 * Listens on this machine alone for who may read the data folder: `POST /backup` answers the
 * installation as a tar. The address and its token lie in the folder's control.json (0600).
 */
export async function openControl({ home, backup, log }: ControlOptions): Promise<{ stop(): Promise<void> }> {
  const token = randomBytes(32).toString('hex')
  const server = createServer((request, response) => {
    void answer(request, response, token, backup, log)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve())
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await writeWhole(fileOf(home), { pid: process.pid, port, token })
  return {
    stop: async () => {
      await rm(fileOf(home), { force: true })
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  backup: BackupSource | undefined,
  log: Logger,
): Promise<void> {
  const refuse = (status: number, message: string) => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
    response.end(message)
  }
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (!isSame(request.headers.authorization, `Bearer ${token}`)) return refuse(401, 'The token is not right.')
  if (request.method !== 'POST' || pathname !== '/backup') return refuse(404, 'There is nothing here.')
  if (!backup) {
    return refuse(
      409,
      'This installation keeps its data in a Postgres of its own (DATABASE_URL): back that up with its own tools, such as pg_basebackup, and keep the master key.',
    )
  }
  try {
    const archive = openBackup(backup, { withKey: searchParams.has('with-key') })
    response.writeHead(200, { 'content-type': 'application/x-tar' })
    await pipeline(archive, response)
  } catch (error) {
    // The answer breaks off, which the other side sees: no half backup is taken for a whole one.
    log.error({ err: error }, 'the backup failed')
    response.destroy()
  }
}

function isSame(given: string | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
