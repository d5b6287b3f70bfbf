import { sha256 } from '@bizq/sdk/contract/host'
import type { Examined, Trial } from './examined.ts'

/** On the platform: 95 % of the standard inputs within so many milliseconds. */
export const mostMs = 5_000
/** Elsewhere, in computing time: less than half of what the platform allows, where the reference takes about 50 ms. */
export const mostRatio = 35

/** A fixed amount of work such as services do: parse rows, group and sort them. */
export const referenceBundle = `export function run(call, text) {
  let found = 0
  for (let round = 0; round < 90; round++) {
    const rows = JSON.parse(text).rows
    const groups = Map.groupBy(rows, (row) => row.day)
    for (const group of groups.values()) found += group.toSorted((a, b) => a.amount - b.amount)[0].amount
  }
  return JSON.stringify(found)
}`
export const referenceInput = JSON.stringify({
  rows: Array.from({ length: 2_500 }, (_, i) => ({ day: `d${i % 90}`, amount: (i * 7919) % 10_007 })),
})

export interface Latency {
  /** By nearest rank, over the standard inputs; 0 where the ratio is what counts. */
  p95Ms: number
  /** Of the computing time at p95 to that of the reference bundle, in this run; 0 where the time itself counts. */
  ratio: number
}

const p95 = (times: readonly number[]) =>
  times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1] ?? 0
const mostAttempts = 3

type Measure = 'wallMs' | 'cpuMs'

/** What each trial took; one that took too long is given two more tries alone, as the machine may have been busy. */
async function bestTimes(
  { run }: Examined,
  trials: readonly Trial[],
  measure: Measure,
  limitMs: number,
): Promise<number[]> {
  const times: number[] = []
  for (const { case: of, input, result } of trials) {
    let best = result[measure]
    for (let attempt = 1; best > limitMs && attempt < mostAttempts; attempt++)
      best = Math.min(best, (await run(input, of.world, { attempt }))[measure])
    times.push(best)
  }
  return times
}

/** The computing time of the reference bundle on this machine: the least of several, as others only add to it. */
async function referenceMs({ sandbox }: Examined): Promise<number> {
  const release = sha256(referenceBundle)
  const world = { seed: '00', now: 0, timeZone: 'UTC', locale: 'en' }
  const request = {
    ...world,
    release,
    bundle: referenceBundle,
    call: 'execute',
    input: referenceInput,
  } as const
  const times: number[] = []
  for (let i = 0; i < 5; i++) times.push((await sandbox.run(request)).cpuMs)
  return Math.max(Math.min(...times), 1)
}

/** Measures the release on the standard inputs (the ordinary ones and the largest) beside the reference bundle. */
export async function measureLatency(examined: Examined): Promise<Latency> {
  const { cases, odd, trial, remote, latency } = examined
  const largest = odd.filter(({ name }) => name.startsWith('behaviour.many-rows'))
  const trials = await Promise.all([...cases.filter(({ isGenerated }) => isGenerated), ...largest].map(trial))
  if (remote || latency === 'decides')
    return { p95Ms: p95(await bestTimes(examined, trials, 'wallMs', mostMs)), ratio: 0 }
  const reference = await referenceMs(examined)
  const computing = await bestTimes(examined, trials, 'cpuMs', mostRatio * reference)
  return { p95Ms: 0, ratio: p95(computing) / reference }
}
