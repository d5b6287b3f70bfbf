import { existsSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void

const root = join(import.meta.dirname, '../..')
const apps = [
  { folder: 'portal', base: '/portal' },
  { folder: 'marketplace-ui', base: '' },
]

/**
 * Opens the built apps. Both speak to the API on the same address that the browser used. A request
 * that arrives without a trusted proxy is plain http, whatever its headers say.
 */
export async function openPages(options: {
  trustsProxy: boolean
}): Promise<(request: IncomingMessage, response: ServerResponse) => void> {
  const handlers = await Promise.all(
    apps.map(async ({ folder, base }) => ({ base, handler: await openApp(folder) })),
  )
  return (request, response) => {
    if (!options.trustsProxy || !request.headers['x-forwarded-proto'])
      request.headers['x-forwarded-proto'] = 'http'
    const path = request.url ?? '/'
    const found = handlers.find(
      ({ base }) =>
        base === '' || path === base || path.startsWith(`${base}/`) || path.startsWith(`${base}?`),
    )
    found?.handler(request, response, () => say(response, 404, 'There is nothing here.'))
  }
}

/** The app's handler; where the app was never built, one that says so: the API works without it. */
async function openApp(folder: string): Promise<Handler> {
  const file = join(root, folder, 'build/handler.js')
  if (!existsSync(file)) {
    return (_request, response) =>
      say(response, 503, `This app is not built. Run: pnpm --filter @bizq/${folder} build`)
  }
  const { handler } = (await import(pathToFileURL(file).href)) as { handler: Handler }
  return handler
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${text}\n`)
}
