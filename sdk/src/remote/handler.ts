import type { z } from 'zod'
import type { DatasetName } from '../contract/datasets/index.ts'
import type { ExecutionOutput } from '../contract/execution.ts'
import { executionLimits } from '../contract/limits.ts'
import {
  RemoteExecution,
  RemoteReport,
  type RemoteHealth,
  type RemoteProblem,
  type TakenOutput,
} from '../contract/remote.ts'
import { ProviderReport } from '../contract/report.ts'
import type { AnyDefinition } from '../definition.ts'
import { manifestOf } from '../manifest-of.ts'
import {
  createPlatformClient,
  PlatformError,
  type PlatformClient,
  type PlatformClientOptions,
} from './platform-client.ts'
import { problemOf, problemOfThrown, problemResponse } from './problem.ts'
import { runRemote } from './run-remote.ts'
import {
  importKeys,
  memoryReplayStore,
  SignatureError,
  verifySignature,
  type ReplayStore,
} from './signature.ts'

export interface RemoteOptions extends PlatformClientOptions {
  /** The platform's signing keys, `whsec_…` or `whpk_…`; several while one is being rotated. */
  signingKeys: readonly string[]
  /** The datasets whose rows are read before `execute`; the others are empty in `data` and come through `pages`. All of them unless told. */
  preload?: readonly DatasetName[]
  /** After this long an execution is answered with 202 and its output sent later; 8,000 ms unless told, and 0 at once. */
  answerWithinMs?: number
  /** Remembers which requests were taken; in this process unless told. */
  replayStore?: ReplayStore
  /** Hears of what went wrong here: the platform learns the class of a failure and nothing else. */
  onError?: (error: unknown, about: { execution?: string }) => void
  /** Epoch milliseconds, for tests. */
  now?: () => number
}

/** What some servers give with a request, to go on after the answer. */
export interface RequestSurroundings {
  waitUntil?(this: void, promise: Promise<unknown>): void
}

export interface RemoteHandler {
  (request: Request, surroundings?: RequestSurroundings): Promise<Response>
  /** Resolves when no output is still to be sent: wait for it before you stop the server. */
  settled(): Promise<void>
}

const bodyBytes = 1024 * 1024
const sendAttempts = 6

class Refusal extends Error {
  readonly problem: RemoteProblem
  constructor(problem: RemoteProblem) {
    super(problem.title)
    this.problem = problem
  }
}

async function readBody(request: Request): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of request.body ?? []) {
    length += part.length
    if (length > bodyBytes)
      throw new Refusal(problemOf('too-large', { detail: `at most ${bodyBytes} bytes` }))
    parts.push(part)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function parseBody<S extends z.ZodType>(schema: S, body: Uint8Array): z.output<S> {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new Refusal(problemOf('bad-request', { detail: 'the body is not JSON' }))
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const detail = parsed.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`).join('; ')
  throw new Refusal(problemOf('bad-request', { detail }))
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** What was awaited, or `late`; leaves no timer behind. */
async function within<T>(ms: number, awaited: Promise<T>): Promise<T | 'late'> {
  if (ms === 0) return 'late'
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, ms, 'late')
  })
  try {
    return await Promise.race([awaited, late])
  } finally {
    clearTimeout(timer)
  }
}

/** In words for the provider's own log: an output that is answered at once is refused without any. */
function refusedOutput(problems: TakenOutput['problems']): PlatformError {
  const words = problems.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ')
  return new PlatformError(`the platform did not take the output: ${words}`)
}

/** Hands an output in, again and again while the platform cannot be reached. */
async function sendLater(
  client: PlatformClient,
  call: RemoteExecution,
  made: ExecutionOutput | RemoteProblem,
) {
  const output = 'code' in made ? { problem: made } : made
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.sendOutput(call.grant, call.execution, output)
    } catch (error) {
      const { status } = error as { status?: number }
      const isFinal = status !== undefined && status < 500 && status !== 429
      if (isFinal || attempt === sendAttempts) throw error
      await wait(500 * 2 ** attempt)
    }
  }
}

/**
 * Serves a provider over HTTPS, on any server that speaks the Fetch API. The handler answers
 * `POST …/execute`, `POST …/report` and `GET …/health`, wherever it is mounted; it refuses what the
 * platform has not signed, is older than 300 s or was taken before, reads the granted rows with a
 * token of its own, and answers with the output, or with 202 and sends it later. Source: contract,
 * “Remote protocol”. Throws a ManifestError where the definition is not right.
 *
 * ```ts
 * const handler = createRemoteHandler(provider, {
 *   platform: 'https://bizq.example',
 *   clientId: process.env.BIZQ_CLIENT_ID!,
 *   privateKey: JSON.parse(process.env.BIZQ_PRIVATE_KEY!),
 *   signingKeys: [process.env.BIZQ_SIGNING_KEY!],
 * })
 * new Hono().all('/bizq/*', (c) => handler(c.req.raw)) // or createServer(nodeListener(handler))
 * ```
 */
export function createRemoteHandler(definition: AnyDefinition, options: RemoteOptions): RemoteHandler {
  const { service, version } = manifestOf(definition)
  const { answerWithinMs = 8_000, replayStore = memoryReplayStore(), now = Date.now } = options
  const answerMs = Math.min(answerWithinMs, executionLimits.wallMs)
  const client = createPlatformClient(options)
  const keys = importKeys(options.signingKeys)
  keys.catch(() => undefined)
  const running = new Map<string, Promise<void>>()
  const tell = (error: unknown, about: { execution?: string } = {}) => options.onError?.(error, about)

  const execute = async (body: Uint8Array, { waitUntil }: RequestSurroundings): Promise<Response> => {
    const call = parseBody(RemoteExecution, body)
    // The platform asks again when it heard nothing: what is under way answers for both.
    if (running.has(call.execution)) return new Response(null, { status: 202 })
    const made = runRemote(definition, call, { client, preload: options.preload ?? 'all' }).catch(
      (error: unknown): RemoteProblem => {
        tell(error, { execution: call.execution })
        return problemOfThrown(error)
      },
    )
    const first = await within(answerMs, made)
    if (first !== 'late') return 'code' in first ? problemResponse(first) : Response.json(first)
    const sent = made
      .then((output) => sendLater(client, call, output))
      .then(({ problems }) => {
        if (problems.length > 0) tell(refusedOutput(problems), { execution: call.execution })
      })
      .catch((error: unknown) => tell(error, { execution: call.execution }))
      .finally(() => running.delete(call.execution))
    running.set(call.execution, sent)
    waitUntil?.(sent)
    return new Response(null, { status: 202 })
  }

  const report = async (body: Uint8Array): Promise<Response> => {
    const { period, history, settings } = parseBody(RemoteReport, body)
    if (!definition.report)
      throw new Refusal(problemOf('not-found', { detail: 'it makes no report of its own' }))
    return Response.json(ProviderReport.parse(await definition.report({ period, history, settings })))
  }

  const answer = async (request: Request, surroundings: RequestSurroundings): Promise<Response> => {
    const called = `${request.method} ${new URL(request.url).pathname.split('/').findLast((part) => part !== '')}`
    if (called === 'GET health') {
      return Response.json({ status: 'ok', service, version, contract: 1 } satisfies RemoteHealth)
    }
    if (called !== 'POST execute' && called !== 'POST report') throw new Refusal(problemOf('not-found'))
    const body = await readBody(request)
    await verifySignature(request.headers, body, { keys: await keys, store: replayStore, now })
    return called === 'POST execute' ? execute(body, surroundings) : report(body)
  }

  const handler = async (request: Request, surroundings: RequestSurroundings = {}): Promise<Response> => {
    try {
      return await answer(request, surroundings)
    } catch (error) {
      if (error instanceof Refusal) return problemResponse(error.problem)
      if (error instanceof SignatureError)
        return problemResponse(problemOf(error.code, { detail: error.message }))
      tell(error)
      return problemResponse(problemOfThrown(error))
    }
  }
  return Object.assign(handler, {
    settled: async () => void (await Promise.allSettled(running.values())),
  })
}
