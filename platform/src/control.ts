import { randomBytes, timingSafeEqual } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Logger } from 'pino'
import { z } from 'zod'
import { openBackup, type BackupSource } from './backup.ts'
import type { LedgerVerdict } from './features/ledger/index.ts'
import { writeWhole } from './installation.ts'

export interface ControlOptions {
  home: string
  /** None where the database is not ours to copy. */
  backup: BackupSource | undefined
  /** Invites an address to own the marketplace; answers the link. */
  inviteOwner: (email: string) => Promise<string>
  /** Looks whether everything about money agrees. */
  verifyMoney: () => Promise<LedgerVerdict>
  log: Logger
}

const fileOf = (home: string) => join(home, 'control.json')

/**
 * Listens on this machine alone for who may read the data folder: `POST /backup` answers the
 * installation as a tar, `POST /invite-owner?email=…` a link, `POST /verify-ledger` whether the money agrees. The
 * address and its token lie in the folder's control.json (0600).
 */
export async function openControl(options: ControlOptions): Promise<{ stop(): Promise<void> }> {
  const { home } = options
  const token = randomBytes(32).toString('hex')
  const server = createServer((request, response) => {
    void answer(request, response, token, options)
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
  options: ControlOptions,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (!isSame(request.headers.authorization, `Bearer ${token}`))
    return say(response, 401, 'The token is not right.')
  if (request.method === 'POST' && pathname === '/backup')
    return sendBackup(response, options, searchParams.has('with-key'))
  if (request.method === 'POST' && pathname === '/invite-owner')
    return sendInvitation(response, options, searchParams.get('email') ?? '')
  if (request.method === 'POST' && pathname === '/verify-ledger') return sendVerdict(response, options)
  say(response, 404, 'There is nothing here.')
}

async function sendVerdict(response: ServerResponse, { verifyMoney, log }: ControlOptions): Promise<void> {
  try {
    say(response, 200, JSON.stringify(await verifyMoney()))
  } catch (error) {
    log.error({ err: error }, 'the ledger could not be looked at')
    say(response, 500, 'The ledger could not be looked at; bizq.log says why.')
  }
}

function say(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(message)
}

async function sendBackup(
  response: ServerResponse,
  { backup, log }: ControlOptions,
  withKey: boolean,
): Promise<void> {
  if (!backup) {
    return say(
      response,
      409,
      'This installation keeps its data in a Postgres of its own (DATABASE_URL): back that up with its own tools, such as pg_basebackup, and keep the master key.',
    )
  }
  try {
    const archive = openBackup(backup, { withKey })
    response.writeHead(200, { 'content-type': 'application/x-tar' })
    await pipeline(archive, response)
  } catch (error) {
    // The answer breaks off, which the other side sees: no half backup is taken for a whole one.
    log.error({ err: error }, 'the backup failed')
    response.destroy()
  }
}

async function sendInvitation(
  response: ServerResponse,
  { inviteOwner, log }: ControlOptions,
  email: string,
): Promise<void> {
  if (!z.email().max(320).safeParse(email).success)
    return say(response, 400, `${email || 'Nothing'} is no e-mail address.`)
  try {
    say(response, 200, await inviteOwner(email))
  } catch (error) {
    log.error({ err: error }, 'the invitation failed')
    say(response, 500, 'The invitation failed; bizq.log says why.')
  }
}

function isSame(given: string | undefined, expected: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
