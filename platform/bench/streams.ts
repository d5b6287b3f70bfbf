import { fork, type ChildProcess } from 'node:child_process'
import { randomUUIDv7 } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork } from '../src/db/unit-of-work.ts'
import { signUpOperator } from '../test/people.ts'
import { median, round, spread, tell, timed, type Figure } from './figure.ts'
import type { Stage } from './stage.ts'
import type { StreamOrder, StreamReport } from './stream-client.ts'

export interface StreamSizes {
  clients: number
  /** Each process may open only so many files. */
  clientsOfOneProcess: number
  rounds: number
}

/** Opening a stream counts as a request, and a token has a limit of them. */
const streamsOfOneToken = 1_000

/** From before the commit that emits an event until the last of all live streams has heard of it. */
export async function measureStreams(stage: Stage, sizes: StreamSizes): Promise<Figure[]> {
  const operator = await signUpOperator(stage.app)
  const made = Array.from({ length: Math.ceil(sizes.clients / streamsOfOneToken) }, () =>
    operator.post('/v1/tokens', { name: 'bench', scopes: ['events:read'], role: 'viewer' }),
  )
  const tokens = (await Promise.all(made)).map(({ body }) => body.secret as string)
  const rssBefore = settledRss()
  const children: ChildProcess[] = []
  tell(`streams: opening ${sizes.clients}`)
  try {
    const openMs = await timed(() => openAll(stage.port, sizes, tokens, children))
    await sleep(500)
    const bytesEach = (settledRss() - rssBefore) / sizes.clients
    const ms: number[] = []
    for (let i = 0; i < sizes.rounds; i++) {
      ms.push(await tellAll(stage, decodeId('org', operator.organisation), children))
      await sleep(100)
    }
    return [
      {
        figure: `the last of ${sizes.clients} live streams hears of an event`,
        value: round(median(ms)),
        unit: 'ms',
        size: { clients: sizes.clients, clientProcesses: children.length },
        rounds: sizes.rounds,
        noise: spread(ms),
        also: { memoryEachKib: round(bytesEach / 1_024), openSeconds: round(openMs / 1_000) },
      },
    ]
  } finally {
    for (const child of children) child.kill()
  }
}

function settledRss(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}

async function openAll(
  port: number,
  { clients, clientsOfOneProcess }: StreamSizes,
  tokens: string[],
  children: ChildProcess[],
): Promise<void> {
  const waiting: Promise<void>[] = []
  for (let left = clients; left > 0; left -= clientsOfOneProcess) {
    const order: StreamOrder = { port, streams: Math.min(left, clientsOfOneProcess), tokens }
    const child = fork(join(import.meta.dirname, 'stream-client.ts'), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    children.push(child)
    waiting.push(reportOf(child, (report) => 'open' in report).then(() => undefined))
    child.send(order)
  }
  await Promise.all(waiting)
}

async function tellAll(
  { deps }: Stage,
  organisation: string,
  children: readonly ChildProcess[],
): Promise<number> {
  const subscription = encodeId(idPrefixes.subscription, randomUUIDv7())
  const heard = children.map((child) =>
    reportOf(child, (report) => 'heard' in report && report.heard === subscription),
  )
  const startedAt = Number(process.hrtime.bigint()) / 1e6
  await withUnitOfWork(deps, systemActor(organisation), async (unit) => {
    const business = encodeId(idPrefixes.business, randomUUIDv7())
    unit.emit('subscription.changed', { subscription, business, changed: [] })
  })
  const last = Math.max(...(await Promise.all(heard)).map((report) => ('at' in report ? report.at : 0)))
  return last - startedAt
}

function reportOf(child: ChildProcess, isWanted: (report: StreamReport) => boolean): Promise<StreamReport> {
  return new Promise((resolve, reject) => {
    const listen = (message: unknown) => {
      const report = message as StreamReport
      if (!isWanted(report)) return
      child.off('message', listen)
      child.off('exit', gone)
      resolve(report)
    }
    const gone = (code: number | null) => reject(new Error(`a stream client ended with ${code}`))
    child.on('message', listen)
    child.once('exit', gone)
  })
}
