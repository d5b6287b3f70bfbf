import type { SandboxResult } from '@bizq/sandbox'
import {
  canonicalJson,
  executionLimits,
  RemoteProblem,
  type ExecutionInput,
  type LaterOutput,
  type RemoteExecution,
} from '@bizq/sdk/contract'
import type { Execute } from '../examined.ts'

/** A request as it is about to be sent. */
export interface Sending {
  headers: Headers
  body: string
}

/** Where the provider is: its address, or its handler. */
export type RemoteTarget = URL | ((request: Request) => Promise<Response>)

/** The platform that the provider under test believes to talk to: `createTestPlatform` of `@bizq/sdk/testing/platform` is one. */
export interface RemotePlatform {
  open(execution: {
    data?: ExecutionInput['data']
    settings?: Record<string, unknown>
    state?: Record<string, unknown> | null
    now?: string
    timeZone?: string
  }): RemoteExecution
  /** Signs and sends a request; `change` may spoil it. */
  send(
    target: RemoteTarget,
    path: string,
    body: object,
    change?: (sending: Sending) => Sending | void,
    at?: Date,
  ): Promise<Response>
  later(execution: string): Promise<LaterOutput>
  authorisation: { issued: ReadonlyMap<string, unknown>; revokeAll(): void }
}

export interface RemoteGroundOptions {
  platform: RemotePlatform
  target: RemoteTarget
  /** Within so many milliseconds an execution is answered; the contract's 10,000 unless told. */
  answerMs?: number
  /** Within so many the output follows a 202; the contract's 15 minutes unless told. */
  laterMs?: number
}

/** A remote provider on trial. */
export interface RemoteGround {
  execute: Execute
  /** Opens an execution on an input, to be asked for by `ask`. */
  open(input: ExecutionInput, now: number, timeZone: string): RemoteExecution
  /** One request to `execute`, however spoilt; 599 stands for no answer, with the reason as its text. */
  ask(body: object, change?: (sending: Sending) => Sending | void, at?: Date): Promise<Response>
  /** `GET health`. */
  health(): Promise<Response>
  platform: RemotePlatform
}

/** No answer, or no output, in time. */
export class TooLate extends Error {
  override readonly name = 'TooLate'
}

async function within<T>(ms: number, awaited: Promise<T>, words: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate(words)), ms)
  })
  awaited.catch(() => undefined)
  return Promise.race([awaited, late]).finally(() => clearTimeout(timer))
}

/** What the two clauses of the remote protocol about time are called in a result. */
export const lateWords = { answer: 'no answer came within', output: 'no output followed the 202 within' }

const names: Partial<Record<RemoteProblem['code'], string>> = {
  'cannot-serve': 'CannotServe',
  'retry-later': 'RetryLater',
}

function failed(
  name: string,
  message: string,
): Pick<Extract<SandboxResult, { outcome: 'failed' }>, 'outcome' | 'error'> {
  return { outcome: 'failed', error: { name, message, stack: [] } }
}

function endOfProblem(status: number, body: unknown) {
  const problem = RemoteProblem.safeParse(body)
  if (!problem.success)
    return failed('Error', `it answered ${status} without a problem as the contract has them`)
  const { code, detail, title } = problem.data
  return failed(names[code] ?? 'Error', `${code}: ${detail ?? title}`)
}

function succeeded(output: unknown) {
  return { outcome: 'succeeded' as const, output: canonicalJson(output) }
}

const unanswered = (error: unknown) => new Response((error as Error).message, { status: 599 })

/** Makes a ground on which a remote provider is tried as the platform would call it. */
export function openRemoteGround(options: RemoteGroundOptions): RemoteGround {
  const {
    platform,
    target,
    answerMs = executionLimits.wallMs,
    laterMs = executionLimits.remoteDeferredMs,
  } = options
  const send = (...[body, change, at]: Parameters<RemoteGround['ask']>) =>
    within(answerMs, platform.send(target, 'execute', body, change, at), `${lateWords.answer} ${answerMs} ms`)
  const open: RemoteGround['open'] = ({ data, settings, state }, now, timeZone) =>
    platform.open({ data, settings, state, now: new Date(now).toISOString(), timeZone })

  const end = async (call: RemoteExecution) => {
    const response = await send(call)
    if (response.status === 200) return succeeded(await response.json())
    if (response.status !== 202)
      return endOfProblem(response.status, await response.json().catch(() => undefined))
    const later = await within(laterMs, platform.later(call.execution), `${lateWords.output} ${laterMs} ms`)
    return 'problem' in later ? endOfProblem(202, later.problem) : succeeded(later)
  }
  return {
    platform,
    ask: (...given) => send(...given).catch(unanswered),
    open,
    health: () => {
      const base = target instanceof URL ? target : new URL('https://provider.invalid')
      const request = new Request(`${base.href.replace(/\/$/, '')}/health`)
      const asked = target instanceof URL ? fetch(request) : target(request)
      return within(answerMs, asked, `${lateWords.answer} ${answerMs} ms`).catch(unanswered)
    },
    async execute(text, { now, timeZone }) {
      const startedAt = performance.now()
      const ended = await end(open(JSON.parse(text) as ExecutionInput, now, timeZone)).catch(
        (error: unknown) =>
          error instanceof TooLate
            ? { outcome: 'timed-out' as const, detail: error.message }
            : failed('Error', `it cannot be reached: ${(error as Error).message}`),
      )
      return { ...ended, log: '', cpuMs: 0, wallMs: performance.now() - startedAt, peakRssMib: 0 }
    },
  }
}
