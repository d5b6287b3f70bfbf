import { createServer } from 'node:http'
import { createRemoteHandler, type PrivateJwk } from '@bizq/sdk/remote'
import { nodeListener } from '@bizq/sdk/remote/node'
import provider from './index.ts'

/** What the portal shows when you register this service's client and endpoint. */
function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`Set ${name}: see README.md.`)
  return value
}

const handler = createRemoteHandler(provider, {
  platform: setting('BIZQ_PLATFORM'),
  clientId: setting('BIZQ_CLIENT_ID'),
  privateKey: JSON.parse(setting('BIZQ_PRIVATE_KEY')) as PrivateJwk,
  signingKeys: setting('BIZQ_SIGNING_KEYS').split(' '),
  onError: (error, about) => console.error(about.execution ?? '', error),
})
const server = createServer(nodeListener(handler))
server.listen(Number(process.env['PORT'] ?? 8080), process.env['HOST'] ?? '127.0.0.1')

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close()
    void handler.settled().then(() => process.exit())
  })
}
