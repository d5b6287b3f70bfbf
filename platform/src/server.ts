import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Router } from './http/router.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

export interface RunningServer {
  port: number
  /** Stops taking connections, lets requests end, and closes what idles. */
  close(): Promise<void>
}

export interface ServerOptions {
  host: string
  port: number
  /** Answers what is not the API's: the two apps. */
  pages?: Handler
}

const apiPath = /^\/(v1|auth|oauth|stripe|docs|schemas|healthz|readyz|metrics|\.well-known)(\/|\?|$)/

/** Serves the API, and the pages beside it, on one port. Throws the system's error when the port is taken. */
export async function startServer(app: Router, { host, port, pages }: ServerOptions): Promise<RunningServer> {
  const api = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  const server = createServer((request, response) => {
    if (!pages || apiPath.test(request.url ?? '/')) void api(request, response)
    else pages(request, response)
  })
  server.keepAliveTimeout = 65_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () => closeServer(server),
  }
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const patience = setTimeout(() => server.closeAllConnections(), 5_000)
  await closed
  clearTimeout(patience)
}
