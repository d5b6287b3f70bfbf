import { createServer, type RequestListener } from 'node:http'
import { decodeId } from '@bizq/sdk/contract'
import { findFreePort } from '../src/db/postgres.ts'
import { runExecution } from '../src/features/executions/index.ts'
import { openOutgoing, type Outgoing } from '../src/http/outgoing.ts'
import { asAdmin, openOffice, type Office, type OfficeOptions } from './executions.ts'
import type { Platform } from './harness.ts'
import type { Answer, Person } from './people.ts'

/** Where a provider's server says that it is; calls to it come to this machine. */
export const endpoint = 'https://provider.example/bizq'

export interface Server {
  url: string
  close(): Promise<void>
}

export async function listen(listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  const port = await findFreePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Leads calls to the provider's name to this server, and takes remote releases untried. */
export function leadTo(platform: Platform, url: string, timeoutMs = 10_000): void {
  const open = openOutgoing({ allowsLoopback: true, timeoutMs })
  const outgoing: Outgoing = {
    objectionTo: open.objectionTo,
    close: open.close,
    call: (given, call) => open.call(given.replace('https://provider.example', url), call),
  }
  platform.deps.outgoing = outgoing
  platform.deps.openTrial = () => undefined
}

export interface RemoteOffice extends Office {
  /** Runs what is open, or a new execution, as the worker for remote executions would. */
  run(): Promise<Answer['body']>
  /** Moves the clock of what was promised. */
  passTime(): Promise<void>
}

/** A business subscribed to a service on its provider's own server. */
export async function openRemoteOffice(
  platform: Platform,
  operator: Person,
  { manifest, ...options }: OfficeOptions = {},
): Promise<RemoteOffice> {
  const office = await openOffice(platform, operator, {
    manifest: { runtime: { kind: 'remote', endpoint }, ...manifest },
    ...options,
  })
  return {
    ...office,
    run: async () => {
      const open = await office.latest()
      const isOpen = open && ['queued', 'waiting', 'running'].includes(open.state)
      const id = isOpen
        ? open.id
        : (await operator.post(`/v1/subscriptions/${office.subscription}/executions`)).body.id
      const payload = {
        organisation: decodeId('org', operator.organisation),
        execution: decodeId('exe', id),
      }
      await runExecution(platform.deps, payload, { mayCallOut: true })
      return (await operator.get(`/v1/executions/${id}`)).body
    },
    passTime: () =>
      asAdmin(
        platform,
        `update bizq.executions set answer_due_at = now() - interval '1 second' where subscription_id = $1`,
        [decodeId('sub', office.subscription)],
      ),
  }
}
