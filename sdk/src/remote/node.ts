import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'

function requestOf(message: IncomingMessage): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers)) {
    for (const each of [value ?? []].flat()) headers.append(name, each)
  }
  const url = new URL(message.url ?? '/', `http://${message.headers.host ?? 'provider.invalid'}`)
  const { method = 'GET' } = message
  const body = method === 'GET' || method === 'HEAD' ? null : Readable.toWeb(message)
  return new Request(url, { method, headers, body, duplex: 'half' })
}

async function write(response: Response, to: ServerResponse): Promise<void> {
  to.writeHead(response.status, Object.fromEntries(response.headers))
  to.end(Buffer.from(await response.arrayBuffer()))
}

/**
 * A handler of Fetch requests as a listener of `node:http`:
 *
 * ```ts
 * createServer(nodeListener(createRemoteHandler(provider, options))).listen(8080)
 * ```
 */
export function nodeListener(handler: (request: Request) => Promise<Response>): RequestListener {
  return (message, to) => {
    handler(requestOf(message))
      .then((response) => write(response, to))
      .catch(() => to.destroy())
  }
}
