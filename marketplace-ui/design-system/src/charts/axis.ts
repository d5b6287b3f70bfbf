import { scaleLinear, type ScaleLinear } from 'd3-scale'

export interface Axis {
  /** From a value to 0 (bottom) … 100 (top), as y in the plot: 100 − that. */
  y: ScaleLinear<number, number>
  ticks: { at: number; label: string }[]
}

/** A value axis that holds all values and zero, with about `count` round ticks. */
export function valueAxis(values: readonly number[], format: (value: number) => string, count = 4): Axis {
  const low = Math.min(0, ...values)
  const high = Math.max(0, ...values)
  const y = scaleLinear([low, high === low ? low + 1 : high], [100, 0]).nice(count)
  return { y, ticks: y.ticks(count).map((value) => ({ at: y(value) / 100, label: format(value) })) }
}

/** So many characters of labels stand side by side on the narrowest screen. */
const charactersInRow = 36

/** Up to `count` labels spread evenly over the places, the first among them; fewer where they are long. */
export function labelTicks(labels: readonly string[], place: (index: number) => number, count = 5) {
  const longest = Math.max(1, ...labels.map(({ length }) => length))
  const fitting = Math.max(2, Math.min(count, Math.floor(charactersInRow / longest)))
  const step = Math.max(1, Math.ceil(labels.length / fitting))
  return labels.flatMap((label, index) => (index % step === 0 ? [{ at: place(index), label }] : []))
}
