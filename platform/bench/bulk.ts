import { createSandbox } from '@bizq/sandbox'
import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { BuiltProvider } from '@bizq/cli/build'
import type { Deps } from '../src/deps.ts'
import { systemActor, withUnitOfWork } from '../src/db/unit-of-work.ts'
import { runExecution, runExecutions, type RunPayload } from '../src/features/executions/index.ts'
import { inputText } from '../src/features/executions/input.ts'
import { materialise, openGrantById, type OpenGrant } from '../src/features/subscriptions/index.ts'
import { interleave, median, ratioOf, round, spread, tell, timed, type Figure } from './figure.ts'
import { watchMemory, type PeakMemory } from './memory.ts'
import { clearExecutions, queueExecutions, requireAllSucceeded, type Portfolio } from './portfolio.ts'
import type { Stage } from './stage.ts'

export interface BulkSizes {
  /** Of the first portfolio; the others are of the same size. */
  businesses: number
  invoices: number
  rounds: number
  /** How many of them the naive loops go through: their time grows with the number, so it is scaled. */
  naiveBusinesses: number
  limitSeconds: number
}

const naively = 'the same one after another, one child process'

/**
 * One provider for all businesses, a fresh isolate each. Against it two naive loops, both one business after another
 * with one child process: the same work with every promise kept (claim, read, record, run, settle, each by itself),
 * and the barest one (one masked query, one run, one insert of the output) that keeps none.
 */
export async function measureBulk(
  stage: Stage,
  portfolios: readonly Portfolio[],
  built: BuiltProvider,
  sizes: BulkSizes,
): Promise<Figure[]> {
  const [first] = portfolios
  if (!first) return []
  const sandbox = createSandbox({ maxProcesses: 1 })
  const naive: Deps = { ...stage.deps, sandbox }
  const grants = (await openAll(stage, first)).slice(0, sizes.naiveBusinesses)
  await stage.admin.query('create table if not exists public.bench_outputs (subscription uuid, output text)')
  const memory: PeakMemory[] = []
  let actions = 0
  const prepared = async (businesses: number): Promise<RunPayload[]> => {
    await clearExecutions(stage)
    return queueExecutions(stage, { ...first, subscriptions: first.subscriptions.slice(0, businesses) })
  }
  const scale = first.businesses.length / sizes.naiveBusinesses / 1_000
  tell(`bulk: ${sizes.rounds} rounds of ${first.businesses.length} businesses`)
  const seconds = await interleave(sizes.rounds, {
    bulk: async () => {
      const payloads = await prepared(first.businesses.length)
      const watch = watchMemory()
      const ms = await timed(() => runExecutions(stage.deps, payloads))
      memory.push(watch.stop())
      ;({ actions } = await requireAllSucceeded(stage, payloads.length))
      return ms / 1_000
    },
    naive: async () => {
      const payloads = await prepared(sizes.naiveBusinesses)
      const ms = await timed(async () => {
        for (const payload of payloads) await runExecution(naive, payload)
      })
      await requireAllSucceeded(stage, payloads.length)
      return ms * scale
    },
    bare: async () => (await timed(() => loopBarely(stage, naive, grants, built))) * scale,
  })
  await sandbox.close()
  const ratios = ratioOf(seconds.naive, seconds.bulk)
  const value = round(median(seconds.bulk))
  const size = { businesses: first.businesses.length, invoicesEach: sizes.invoices, actions }
  const isFast = value < sizes.limitSeconds
  const figure: Figure = {
    figure: `one provider for ${first.businesses.length} businesses, a fresh isolate each`,
    value,
    unit: 's',
    against: {
      what: `${naively} (${sizes.naiveBusinesses} measured, scaled)`,
      value: round(median(seconds.naive)),
    },
    ratio: ratios.ratio,
    aim: 4,
    met: ratios.ratio >= 4 && isFast,
    size,
    rounds: sizes.rounds,
    noise: ratios.noise,
    also: {
      limitSeconds: sizes.limitSeconds,
      bareLoopSeconds: round(median(seconds.bare)),
      ratioToBareLoop: ratioOf(seconds.bare, seconds.bulk).ratio,
      secondsNoise: spread(seconds.bulk),
      ...peakOf(memory),
    },
  }
  return [
    figure,
    ...(await measureAll(stage, portfolios, sizes, median(seconds.naive), median(seconds.bare))),
  ]
}

/** All portfolios at once. The naive loops would take minutes: theirs are those of the first, times the portfolios. */
async function measureAll(
  stage: Stage,
  portfolios: readonly Portfolio[],
  sizes: BulkSizes,
  naiveSeconds: number,
  bareSeconds: number,
): Promise<Figure[]> {
  if (portfolios.length < 2) return []
  await clearExecutions(stage)
  const payloads: RunPayload[] = []
  for (const portfolio of portfolios) payloads.push(...(await queueExecutions(stage, portfolio)))
  tell(`bulk: ${payloads.length} businesses`)
  const watch = watchMemory()
  const seconds = (await timed(() => runExecutions(stage.deps, payloads))) / 1_000
  const peak = watch.stop()
  const { actions } = await requireAllSucceeded(stage, payloads.length)
  const ratio = round((naiveSeconds * portfolios.length) / seconds)
  return [
    {
      figure: `one provider for ${payloads.length} businesses, a fresh isolate each`,
      value: round(seconds),
      unit: 's',
      against: {
        what: `${naively} (${sizes.naiveBusinesses} measured, scaled)`,
        value: round(naiveSeconds * portfolios.length),
      },
      ratio,
      aim: 4,
      met: ratio >= 4,
      size: {
        businesses: payloads.length,
        operators: portfolios.length,
        invoicesEach: sizes.invoices,
        actions,
      },
      rounds: 1,
      noise: 0,
      also: { ratioToBareLoop: round((bareSeconds * portfolios.length) / seconds), ...peakOf([peak]) },
    },
  ]
}

function peakOf(memory: readonly PeakMemory[]) {
  return {
    peakPlatformMib: Math.max(...memory.map(({ platformMib }) => platformMib)),
    peakSandboxMib: Math.max(...memory.map(({ sandboxMib }) => sandboxMib)),
  }
}

async function openAll({ deps, admin }: Stage, { organisation }: Portfolio): Promise<OpenGrant[]> {
  const { rows } = await admin.query<{ id: string }>(
    `select id from bizq.grants where organisation_id = $1 and state = 'active'`,
    [organisation],
  )
  return withUnitOfWork(deps, systemActor(organisation), async (unit) => {
    const grants: OpenGrant[] = []
    for (const { id } of rows) grants.push(await openGrantById(unit, deps, encodeId(idPrefixes.grant, id)))
    return grants
  })
}

async function loopBarely(
  { admin }: Stage,
  deps: Deps,
  grants: readonly OpenGrant[],
  { bundle, digest }: BuiltProvider,
): Promise<void> {
  const now = new Date()
  for (const grant of grants) {
    const { data } = await materialise(deps, grant, now)
    const result = await deps.sandbox.run({
      release: digest,
      bundle,
      call: 'execute',
      input: inputText(data, defaults, null),
      seed: '2a',
      now: now.getTime(),
      timeZone: grant.timeZone,
      locale: 'en-GB',
    })
    if (result.outcome !== 'succeeded') throw new Error(`the bundle failed: ${JSON.stringify(result)}`)
    await admin.query('insert into public.bench_outputs (subscription, output) values ($1, $2)', [
      grant.subscription,
      result.output,
    ])
  }
}

/** The settings of the receivables accelerator, as its manifest has them by default. */
const defaults = { graceDays: 5, daysBetweenReminders: 10, remindersAtMost: 3, remindersForOneCustomer: 3 }
