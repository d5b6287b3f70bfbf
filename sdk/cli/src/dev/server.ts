import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { CommandError, exitCodes } from '../command-error.ts'
import type { Simulation } from './simulation.ts'

const assets = new URL('../../assets/dev/', import.meta.url)
const pages: Readonly<Record<string, [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
}
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}

export interface DevServer {
  /** Where the page is. */
  address: string
  /** Tells every open page that something changed. */
  changed(): void
  close(): Promise<void>
}

/** Only this machine's own pages: another site's could otherwise reach it by a name that leads here. */
function isOwn({ headers: sent }: IncomingMessage, port: number): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const { host, origin } = sent
  return hosts.includes(host ?? '') && (origin === undefined || hosts.includes(origin.replace('http://', '')))
}

async function change(simulation: Simulation, path: string, body: Record<string, unknown>): Promise<void> {
  const card = String(body['card'])
  switch (path) {
    case '/run':
      return simulation.run()
    case '/reset':
      return simulation.reset()
    case '/approve':
      return simulation.approve(card)
    case '/undo':
      return simulation.undo(card)
    case '/settings':
      return simulation.changeSettings((body['settings'] ?? {}) as Record<string, unknown>)
    default:
      throw new Error('There is nothing here.')
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function post(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = JSON.parse((await text(request)) || '{}') as Record<string, unknown>
    await change(simulation, request.url ?? '', body)
    answer(response, 200, { ok: true })
  } catch (error) {
    answer(response, 409, { ok: false, detail: (error as Error).message })
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE'
      const why = isTaken ? `Port ${port} is taken: name another with --port.` : error.message
      reject(
        new CommandError(why, { exitCode: isTaken ? exitCodes.usage : exitCodes.failed, code: 'port-taken' }),
      )
    })
    server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
}

/** Serves the page of a simulation on 127.0.0.1, and to nobody else. Rejects with a CommandError where the port is taken. */
export async function openDevServer(simulation: Simulation, port: number): Promise<DevServer> {
  const watching = new Set<ServerResponse>()
  let actual = port
  const server = createServer((request, response) => {
    if (!isOwn(request, actual))
      return answer(response, 403, { detail: 'This page is for this machine alone.' })
    if (request.method === 'POST') return void post(simulation, request, response)
    const page = pages[request.url ?? '']
    if (page) {
      response
        .writeHead(200, { ...headers, 'content-type': page[1] })
        .end(readFileSync(new URL(page[0], assets)))
    } else if (request.url === '/state') answer(response, 200, simulation.state())
    else if (request.url === '/events') {
      response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' }).write('data: changed\n\n')
      watching.add(response)
      request.once('close', () => watching.delete(response))
    } else answer(response, 404, { detail: 'There is nothing here.' })
  })
  actual = await listen(server, port)
  return {
    address: `http://127.0.0.1:${actual}`,
    changed: () => watching.forEach((response) => response.write('data: changed\n\n')),
    close: () =>
      new Promise((resolve) => {
        for (const response of watching) response.end()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
