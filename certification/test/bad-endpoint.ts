import { createServer } from 'node:http'
import { defineProvider, usd } from '@bizq/sdk'
import { manifestOf } from '@bizq/sdk/manifest'
import { createRemoteHandler } from '@bizq/sdk/remote'
import { nodeListener } from '@bizq/sdk/remote/node'
import { createTestPlatform, type TestPlatform } from '@bizq/sdk/testing/platform'
import { openRemoteGround, type RemoteGround } from '../src/index.ts'
import { goodDocuments } from './bad-bundle.ts'

const provider = defineProvider({
  service: 'bill-mover',
  version: '1.0.0',
  name: 'Bill Mover',
  category: 'financial/cash-flow',
  summary: 'Moves bills that fall due soon, on a server of its own.',
  docs: 'https://bill-mover.example/docs',
  support: 'help@bill-mover.example',
  pricing: { monthly: usd(1) },
  capabilities: ['payables_scheduling'],
  data: {
    bills: {
      fields: ['id', 'dueAt', 'amountDue', 'status'],
      history: '1d',
      purpose: 'To know which bills fall due soon.',
    },
  },
  money: 'scaled',
  actions: ['bill.reschedule'],
  schedule: 'daily',
  remote: 'https://api.bill-mover.example/bizq',
  execute({ data, today, propose }) {
    for (const bill of data.bills.slice(0, 500)) {
      const days = today.until(bill.dueAt).days
      if (bill.status !== 'open' || days < 0 || days > 21) continue
      const dueAt = Temporal.PlainDate.from(bill.dueAt).add({ days: 14 }).toString()
      propose(
        'bill.reschedule',
        { bill: bill.id, dueAt },
        { impact: bill.amountDue, confidence: 0.9, because: [bill] },
      )
    }
  },
})

/** What the wrong part of an endpoint is given: a request, and what is known of it. */
export interface Exchange {
  request: Request
  /** The body, as it came. */
  body: string
  /** The code of the problem with which a good endpoint refuses. */
  code: string | undefined
  /** The right answer. */
  right: Response
  platform: TestPlatform
  /** Whatever this endpoint remembers between requests. */
  memory: Set<string>
}

export interface BadEndpoint {
  manifest?: Record<string, unknown>
  /** What it answers instead of the right thing; undefined where it is right. */
  answer?(exchange: Exchange): Promise<Response | undefined> | Response | undefined
}

/** An endpoint that fails one check and passes every other. */
export function badEndpoint(endpoint: BadEndpoint): { endpoint: BadEndpoint } {
  return { endpoint }
}

/** An answer that says nothing, as to a request that should have been refused. */
export const nothing = () => Response.json({ metrics: {}, proposals: [], recommendations: [], state: null })

/** Serves a bad endpoint over HTTP on this machine. */
export async function serveEndpoint({ manifest, answer }: BadEndpoint) {
  const platform = await createTestPlatform()
  const right = createRemoteHandler(provider, platform.options)
  const memory = new Set<string>()
  const handler = async (request: Request): Promise<Response> => {
    const body = request.method === 'POST' ? await request.text() : ''
    const { url, method, headers } = request
    const good = await right(new Request(url, { method, headers, ...(body === '' ? {} : { body }) }))
    const problem = (await good
      .clone()
      .json()
      .catch(() => ({}))) as { code?: string }
    return (await answer?.({ request, body, code: problem.code, right: good, platform, memory })) ?? good
  }
  const server = createServer(nodeListener(Object.assign(handler, { settled: () => right.settled() })))
  // An idle connection that is closed just as it is used again would look like a fault of the endpoint.
  server.keepAliveTimeout = 120_000
  const port = await listen(server)
  const ground: RemoteGround = openRemoteGround({
    platform,
    target: new URL(`http://127.0.0.1:${port}/bizq`),
    answerMs: 4_000,
    laterMs: 500,
  })
  return {
    subject: {
      manifest: { ...manifestOf(provider), ...manifest },
      bundle: '',
      documents: goodDocuments,
      remote: ground,
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  for (let tries = 0; ; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const isOpen = await new Promise<boolean>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EADDRINUSE' && tries < 20 ? resolve(false) : reject(error),
      )
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (isOpen) return port
  }
}
