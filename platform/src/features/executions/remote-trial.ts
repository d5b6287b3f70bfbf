import { randomUUIDv7 } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import { openRemoteGround, type RemoteGround, type RemotePlatform } from '@bizq/certification'
import {
  encodeId,
  idPrefixes,
  LaterOutput,
  RemoteHealth,
  type ExecutionInput,
  type Manifest,
  type RemoteExecution,
} from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork, type Actor, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import type { PageQuery } from '../../http/pagination.ts'
import { ProblemError } from '../../problems.ts'
import { executionUuid } from './input.ts'
import { pageOf, type AskedPages } from './remote-page.ts'
import { signRequest } from './remote-signing.ts'
import * as remotes from './remote-store.ts'

const compress = promisify(deflateRaw)
const expand = promisify(inflateRaw)
const purpose = 'remote-trial'
const trialMs = 60 * 60_000
/** A provider on trial that promises its output gives it within this. */
const laterMs = 60_000
const askEveryMs = 200

/** A service on its provider's own server that is to be tried, before it is published. Ids are UUIDs. */
export interface TriedRelease {
  organisation: string
  service: string
  manifest: Manifest
}

export interface RemoteTrial {
  ground: RemoteGround
  /** Ends the trial: its tokens and rows are gone. */
  close(): Promise<void>
}

/**
 * Tries a provider's server through the whole protocol, as executions are run: signed requests through the
 * guarded agent, tokens of the authorisation server, pages and outputs through the API. The rows are made up,
 * and everything belongs to the provider itself: a trial opens nothing of any operator's.
 */
export function openTrial(deps: Deps, release: TriedRelease): RemoteTrial {
  const trial = randomUUIDv7()
  const work = <T>(of: (unit: UnitOfWork) => Promise<T>) =>
    withUnitOfWork(deps, systemActor(release.organisation, 'provider'), of)
  const pending = new Map<string, Promise<void>>()
  const issued = new Map<string, unknown>()
  let introduced: Promise<void> | undefined
  let revoking: Promise<void> = Promise.resolve()
  let isOver = false

  const keep = async (id: string, data: ExecutionInput['data']) => {
    const packed = await compress(Buffer.from(JSON.stringify(data)), { level: 1 })
    const input = deps.keyring.seal(purpose, packed)
    const expiresAt = new Date(Date.now() + trialMs)
    const { organisation, service } = release
    await work(({ tx }) => remotes.insertTrial(tx, { organisation, id, service, trial, input, expiresAt }))
  }
  const platform: RemotePlatform = {
    open: ({ data = {}, settings = {}, state = null, now, timeZone = 'Europe/London' }) => {
      const id = randomUUIDv7()
      const execution = encodeId(idPrefixes.execution, id)
      pending.set(execution, keep(id, data))
      return {
        execution,
        grant: encodeId(idPrefixes.grant, trial),
        service: release.manifest.service,
        version: release.manifest.version,
        now: now ?? new Date().toISOString(),
        timeZone,
        locale: 'en-GB',
        datasets: Object.keys(data) as RemoteExecution['datasets'],
        settings: settings as RemoteExecution['settings'],
        state: state as RemoteExecution['state'],
      }
    },
    send: async (_target, path, given, change, at = new Date()) => {
      await (introduced ??= introduce(deps, release))
      await Promise.all([revoking, pending.get(String((given as { execution?: unknown }).execution))])
      const body = JSON.stringify(given)
      // Asked twice within a second is asked twice: only the very same request is one that was taken before.
      const id = `trial_${randomUUIDv7()}`
      const generation = await remotes.findGeneration(deps.directory, release.service)
      const signature = signRequest(deps.keyring, { service: release.service, generation }, { id, at, body })
      const usual = { headers: new Headers({ 'content-type': 'application/json', ...signature }), body }
      const sending = change?.(usual) ?? usual
      const response = await call(deps, release, 'POST', path, sending)
      for (const token of await deps.oauth.listTrialTokens(trial)) issued.set(token, trial)
      return response
    },
    later: async (execution) => {
      for (const until = Date.now() + laterMs; !isOver && Date.now() < until; await sleep(askEveryMs)) {
        const row = await work(({ tx }) => remotes.findTrial(tx, trial, executionUuid(execution)))
        if (row?.output_sealed)
          return LaterOutput.parse(JSON.parse(deps.keyring.open(purpose, row.output_sealed).toString()))
      }
      throw new Error('no output came')
    },
    authorisation: {
      issued,
      revokeAll: () => {
        revoking = deps.oauth.revokeTrialTokens(trial)
      },
    },
  }
  return {
    // The suite's own way to ask for health knows no guard: all that it asks goes through the one agent.
    ground: openRemoteGround({
      platform,
      target: (request) => call(deps, release, 'GET', new URL(request.url).pathname.slice(1)),
      laterMs,
    }),
    close: async () => {
      isOver = true
      await Promise.allSettled(pending.values())
      await deps.oauth.revokeTrialTokens(trial)
      await work(async ({ tx }) => {
        await remotes.deleteTrial(tx, trial)
        await remotes.deleteOverTrials(tx)
      })
    },
  }
}

/** Before anything is sent to an address it has to say that it is this release: it may be somebody else’s. */
async function introduce(deps: Deps, release: TriedRelease): Promise<void> {
  const { service, version } = release.manifest
  const response = await call(deps, release, 'GET', 'health')
  const said = RemoteHealth.safeParse(await response.json().catch(() => undefined))
  if (response.ok && said.success && said.data.service === service && said.data.version === version) return
  throw new Error(`GET /health does not say that it is ${service} ${version}: nothing else was sent there`)
}

async function call(
  deps: Pick<Deps, 'outgoing'>,
  { manifest }: TriedRelease,
  method: 'GET' | 'POST',
  path: string,
  sending?: { headers: Headers; body: string },
): Promise<Response> {
  const { runtime } = manifest
  if (runtime.kind !== 'remote') throw new TypeError('the release runs in the sandbox')
  const result = await deps.outgoing.call(`${runtime.endpoint.replace(/\/+$/, '')}/${path}`, {
    method,
    ...(sending ? { headers: Object.fromEntries(sending.headers), body: sending.body } : {}),
  })
  if (!result.isAnswered) throw new Error(result.failure.detail)
  const { status, headers, body } = result
  return new Response(body === '' ? null : body, { status, headers })
}

/** A page of the made-up rows of a trial, for the provider on trial. */
export async function readTrial(
  deps: Deps,
  actor: Actor,
  asked: AskedPages,
  page: PageQuery,
): Promise<string> {
  const id = executionUuid(asked.execution)
  const row = await withUnitOfWork(deps, actor, ({ tx }) => remotes.findTrial(tx, actor.grant ?? '', id))
  if (!row || row.output_sealed)
    throw new ProblemError('no-open-execution', { detail: 'The execution is not open.' })
  const text = (await expand(deps.keyring.open(purpose, row.input_sealed))).toString()
  return pageOf((JSON.parse(text) as ExecutionInput['data'])[asked.dataset] ?? [], page)
}

/** Keeps the output that a provider on trial promised, for the suite to judge. */
export async function takeTrialOutput(unit: UnitOfWork, deps: Deps, id: string, body: string) {
  const given = LaterOutput.safeParse(JSON.parse(body))
  const sealed = deps.keyring.seal(purpose, Buffer.from(body))
  const isTaken =
    given.success &&
    (await remotes.saveTrialOutput(unit.tx, unit.actor.grant ?? '', executionUuid(id), sealed))
  if (given.success && !isTaken)
    throw new ProblemError('no-open-execution', { detail: 'The execution waits for no output.' })
  return {
    outcome: given.success ? ('succeeded' as const) : ('invalid-output' as const),
    problems: (given.error?.issues ?? []).slice(0, 20).map(({ path, message }) => ({
      pointer: path.map((part) => `/${String(part)}`).join(''),
      detail: message,
    })),
  }
}
