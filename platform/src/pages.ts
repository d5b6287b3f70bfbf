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
  const handlers: { base: string; handler: Handler }[] = []
  for (const { folder, base } of apps) {
    const file = join(root, folder, 'build/handler.js')
    if (!existsSync(file))
      throw new Error(`The app in ${folder} is not built. Run: pnpm --filter @bizq/${folder} build`)
    const { handler } = (await import(pathToFileURL(file).href)) as { handler: Handler }
    handlers.push({ base, handler })
  }
  return (request, response) => {
    if (!options.trustsProxy || !request.headers['x-forwarded-proto'])
      request.headers['x-forwarded-proto'] = 'http'
    const path = request.url ?? '/'
    const found = handlers.find(
      ({ base }) =>
        base === '' || path === base || path.startsWith(`${base}/`) || path.startsWith(`${base}?`),
    )
    found?.handler(request, response, () => {
      response.statusCode = 404
      response.end('Not found')
    })
  }
}
