import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

interface Asked {
  method: string
  path: string
  query: URLSearchParams
  authorization: string | undefined
  /** The DPoP proof. */
  proof: string | undefined
  body: string
}
type Answer = { status?: number; body?: unknown } | undefined

export interface PlatformDouble {
  address: string
  /** Everything that was asked, in order. */
  asked: Asked[]
}

async function read(message: IncomingMessage): Promise<Asked> {
  const url = new URL(message.url ?? '/', 'http://platform.invalid')
  return {
    method: message.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    authorization: message.headers.authorization,
    proof: [message.headers['dpop'] ?? []].flat()[0],
    body: await text(message),
  }
}

/** A platform on 127.0.0.1 that answers as it is told, by method and path; all else is 404. */
export async function openPlatform(
  routes: Record<string, (asked: Asked, address: string) => Answer>,
): Promise<PlatformDouble> {
  const asked: Asked[] = []
  let address = ''
  const server = createServer((message, response) => {
    void read(message).then((request) => {
      asked.push(request)
      const answer = routes[`${request.method} ${request.path}`]?.(request, address)
      const { status = answer ? 200 : 404, body = { code: 'not-found', title: 'Not found' } } = answer ?? {}
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  // Below the ports that the system gives to clients.
  for (let port = 20_000 + Math.floor(Math.random() * 10_000); ; port++) {
    const isOurs = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!isOurs) continue
    address = `http://127.0.0.1:${port}`
    return { address, asked }
  }
}
