import { availableParallelism, cpus, loadavg } from 'node:os'

/** One line of the output. Times are in ms and rates in 1/s unless `unit` says otherwise. */
export interface Figure {
  figure: string
  value: number
  unit: string
  /** The other side's value, in the same unit, of the same run. */
  against?: { what: string; value: number }
  /** How `value` stands to the other side; above 1 is better than it. */
  ratio?: number
  /** The least `ratio`, or with `aimIs` the most `value`, that counts as reached. */
  aim?: number
  met?: boolean
  size: Record<string, number | string>
  rounds: number
  /** How far the rounds lie apart: (highest - lowest) / median of the ratio, or of the value. */
  noise: number
  /** What else was seen in the same run. */
  also?: Record<string, unknown>
}

export function print(figure: Figure): void {
  const machine = {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.versions.node,
    load: round(loadavg()[0] ?? 0),
  }
  console.log(JSON.stringify({ ...figure, machine }))
}

/** Says what goes on, beside the figures. */
export function tell(text: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${text}`)
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = 0, high = 0] = sorted.length % 2 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1)
  return (low + high) / 2
}

export function spread(values: readonly number[]): number {
  const middle = median(values)
  return middle === 0 ? 0 : round((Math.max(...values) - Math.min(...values)) / middle)
}

/** Three digits that count. */
export function round(value: number): number {
  return value === 0 || !Number.isFinite(value) ? value : Number(value.toPrecision(3))
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/**
 * Measures the sides in turns, round after round, each round in another order, so that what the machine does
 * besides falls on all alike. Answers the values of each side by round.
 */
export async function interleave<Side extends string>(
  rounds: number,
  sides: Record<Side, () => Promise<number>>,
): Promise<Record<Side, number[]>> {
  const names = Object.keys(sides) as Side[]
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Side, number[]>
  for (let i = 0; i < rounds; i++) {
    const order = [...names.slice(i % names.length), ...names.slice(0, i % names.length)]
    for (const name of order) values[name].push(await sides[name]())
  }
  return values
}

/** The median of the rounds' own ratios: what disturbs a round disturbs both of its sides. */
export function ratioOf(values: readonly number[], others: readonly number[]) {
  const ratios = values.map((value, i) => value / (others[i] ?? Number.NaN))
  return { ratio: round(median(ratios)), noise: spread(ratios) }
}
