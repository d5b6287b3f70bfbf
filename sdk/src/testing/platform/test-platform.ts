import type { DatasetName } from '../../contract/datasets/index.ts'
import { encodeId, idPrefixes } from '../../contract/ids.ts'
import {
  LaterOutput,
  RemoteProblem,
  type DataPage,
  type RemoteExecution,
  type RemoteReport,
  type TakenOutput,
} from '../../contract/remote.ts'
import { ExecutionOutput } from '../../contract/execution.ts'
import type { ReportInput } from '../../contract/report.ts'
import type { PrivateJwk } from '../../remote/platform-client.ts'
import { createAuthorisationServer, type AuthorisationServer } from './authorisation-server.ts'
import { OAuthError } from './proofs.ts'
import { createSigningKeys } from './signing.ts'

type Rows = DataPage['items']

export interface TestExecution {
  /** The rows of each granted dataset, as the provider is to receive them. */
  data?: { readonly [D in DatasetName]?: readonly object[] }
  settings?: Record<string, unknown>
  state?: Record<string, unknown> | null
  /** ISO 8601; 2026-12-01T09:00:00Z unless told. */
  now?: string
  /** IANA; Europe/London unless told. */
  timeZone?: string
}

/** How an execution ended: the output, or why there is none. `wasLater` says that it came after a 202. */
export type TestAnswer = { wasLater: boolean } & (
  | { output: ExecutionOutput; problem?: undefined }
  | { output?: undefined; problem: RemoteProblem }
)

/** A provider: a handler, or the address that it is served at. */
export type Target = URL | ((request: Request) => Promise<Response>)

export interface TestPlatformOptions {
  /** Where you serve `options.fetch` yourself, for a provider that cannot be given a fetch; nowhere unless told. */
  origin?: string
}

export interface TestPlatform {
  /** What `createRemoteHandler` needs to be this platform's provider. */
  options: {
    platform: string
    clientId: string
    privateKey: PrivateJwk
    signingKeys: readonly [symmetric: string, ed25519: string]
    fetch: typeof fetch
  }
  /** Runs one execution as the platform does, and waits for its output however it comes. */
  execute(target: Target, execution?: TestExecution): Promise<TestAnswer>
  /** Asks for a report. */
  report(target: Target, input: ReportInput): Promise<Response>
  /** One signed request to `path`; `change` may spoil it. */
  send(
    target: Target,
    path: string,
    body: object,
    change?: (request: { headers: Headers; body: string }) => { headers: Headers; body: string } | void,
    at?: Date,
  ): Promise<Response>
  /** A new open execution, and the body that asks for it. */
  open(execution?: TestExecution): RemoteExecution
  /** What is sent for an execution that was answered with 202, once it comes. */
  later(execution: string): Promise<LaterOutput>
  authorisation: AuthorisationServer
  /** Every page that was read, as `dataset` or `dataset after N rows`. */
  reads: string[]
}

interface Opened {
  call: RemoteExecution
  data: Partial<Record<string, Rows>>
  later: PromiseWithResolvers<LaterOutput>
}

const clientId = 'test-provider'
const newId = (noun: keyof typeof idPrefixes) => encodeId(idPrefixes[noun], crypto.randomUUID())
const reach = (target: Target, path: string, init: RequestInit) => {
  const base = target instanceof URL ? target : new URL('http://provider.invalid/')
  const request = new Request(`${base.href.replace(/\/$/, '')}/${path}`, init)
  return target instanceof URL ? fetch(request) : target(request)
}

/** Serves one page of what was opened for this token's grant. */
function pageOf(opened: Opened | undefined, grant: string, url: URL, reads: string[]): Response {
  const dataset = url.pathname.split('/').at(-1) ?? ''
  const rows = opened?.data[dataset]
  if (!opened || opened.call.grant !== grant || !rows) {
    return Response.json({ code: 'not-found', detail: 'no such rows for this grant' }, { status: 404 })
  }
  const from = Number(url.searchParams.get('cursor') ?? 0)
  const limit = Number(url.searchParams.get('limit') ?? 50)
  reads.push(from === 0 ? dataset : `${dataset} after ${from} rows`)
  const end = from + limit
  return Response.json({
    items: rows.slice(from, end),
    next: end < rows.length ? String(end) : null,
  } satisfies DataPage)
}

/**
 * A platform in your tests, without a port: it signs requests, gives out tokens, serves rows in pages
 * and takes outputs that come later, and is as strict as the real one about all of these.
 *
 * ```ts
 * const platform = await createTestPlatform()
 * const handler = createRemoteHandler(provider, platform.options)
 * const { output } = await platform.execute(handler, { data: { invoices: [late] } })
 * ```
 */
export async function createTestPlatform({
  origin = 'https://platform.invalid',
}: TestPlatformOptions = {}): Promise<TestPlatform> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const privateKey = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as unknown as PrivateJwk
  const publicKey = await crypto.subtle.exportKey('jwk', pair.publicKey)
  const authorisation = createAuthorisationServer(origin, clientId, publicKey)
  const keys = await createSigningKeys()
  const executions = new Map<string, Opened>()
  const reads: string[] = []

  const answerApi = async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    const { grant } = await authorisation.requireToken(request)
    const [, later] = /^\/v1\/executions\/([^/]+)\/output$/.exec(url.pathname) ?? []
    if (later === undefined) {
      return pageOf(executions.get(url.searchParams.get('execution') ?? ''), grant, url, reads)
    }
    const opened = executions.get(later)
    const output = LaterOutput.safeParse(await request.json())
    if (opened?.call.grant !== grant) return Response.json({ code: 'not-found' }, { status: 404 })
    if (!output.success)
      return Response.json({ code: 'validation-failed', detail: output.error.message }, { status: 422 })
    opened.later.resolve(output.data)
    const outcome = 'problem' in output.data ? 'failed' : 'succeeded'
    return Response.json({ outcome, problems: [] } satisfies TakenOutput)
  }

  const platformFetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const granted = await authorisation.answer(request)
    if (granted) return granted
    return answerApi(request).catch((error: unknown) => {
      if (!(error instanceof OAuthError)) throw error
      const challenge = `DPoP error="${error.code}", error_description="${error.message}"`
      return new Response(null, { status: 401, headers: { 'www-authenticate': challenge, ...error.headers } })
    })
  }

  const open: TestPlatform['open'] = (execution = {}) => {
    const data = (execution.data ?? {}) as Opened['data']
    const call = {
      execution: newId('execution'),
      grant: newId('grant'),
      service: 'under-test',
      version: '1.0.0',
      now: execution.now ?? '2026-12-01T09:00:00Z',
      timeZone: execution.timeZone ?? 'Europe/London',
      locale: 'en-GB',
      datasets: Object.keys(data) as DatasetName[],
      settings: (execution.settings ?? {}) as RemoteExecution['settings'],
      state: (execution.state ?? null) as RemoteExecution['state'],
    }
    executions.set(call.execution, { call, data, later: Promise.withResolvers() })
    return call
  }

  const send: TestPlatform['send'] = async (target, path, body, change, at = new Date()) => {
    const text = JSON.stringify(body)
    const headers = new Headers({ 'content-type': 'application/json' })
    const signed = await keys.sign(newId('event'), at, text)
    for (const [name, value] of Object.entries(signed)) headers.set(name, value)
    const sent = change?.({ headers, body: text }) ?? { headers, body: text }
    return reach(target, path, { method: 'POST', ...sent })
  }

  return {
    options: {
      platform: origin,
      clientId,
      privateKey,
      signingKeys: keys.shown,
      fetch: platformFetch,
    },
    authorisation,
    reads,
    open,
    send,
    later: (execution) =>
      executions.get(execution)?.later.promise ??
      Promise.reject(new TypeError(`the execution ${execution} was not opened here`)),
    async execute(target, execution) {
      const call = open(execution)
      const response = await send(target, 'execute', call)
      if (response.status === 200)
        return { wasLater: false, output: ExecutionOutput.parse(await response.json()) }
      if (response.status !== 202)
        return { wasLater: false, problem: RemoteProblem.parse(await response.json()) }
      const later = await executions.get(call.execution)?.later.promise
      if (!later) throw new TypeError('the execution was not opened here')
      return 'problem' in later
        ? { wasLater: true, problem: later.problem }
        : { wasLater: true, output: later }
    },
    report(target, input) {
      const body: RemoteReport = { grant: newId('grant'), service: 'under-test', version: '1.0.0', ...input }
      return send(target, 'report', body)
    },
  }
}
