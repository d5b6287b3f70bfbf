import { datasetOf, type DatasetName, type ExecutionInput, type Money } from '@bizq/sdk/contract'
import { between, dice, pseudonym, type Dice } from './dice.ts'

export type Row = NonNullable<ExecutionInput['data'][DatasetName]>[number]
/** Rows of each dataset with every field that leaves the platform, masked, by time and creation. */
export type Books = Partial<Record<DatasetName, Row[]>>

export const day = 86_400_000

/** What kind of business is made, and how large. */
export interface BusinessShape {
  seed: number
  /** About how many invoices and bills it has; the other datasets follow. */
  size: number
  /** Epoch milliseconds: its days are counted from this one. */
  now: number
  /** Days of history of each dataset. */
  windowOf: (dataset: DatasetName) => number
  /** ISO 4217, GBP unless told. */
  currency?: string
  /** `tight`: little cash, much to pay, little in stock. */
  mood?: 'ordinary' | 'tight'
  /** So many rows of a dataset instead of what follows from the size. */
  counts?: Partial<Record<DatasetName, number>>
}

/** What the makers of rows share. */
export interface Making extends BusinessShape {
  roll: Dice
  isTight: boolean
  id(dataset: DatasetName): string
  countOf(dataset: DatasetName, usual: number): number
  money(amountMinor: number): Money
  /** The day so many days from now, `YYYY-MM-DD`. */
  dayAt(offset: number): string
  /** An instant on the day so many days from now. */
  instantAt(offset: number): string
  /** A day within the dataset's window, more often a recent one, as an offset from now. */
  backIn(dataset: DatasetName): number
}

export function startMaking(shape: BusinessShape): Making {
  const roll = dice(shape.seed)
  const at = (offset: number) => new Date(shape.now + offset * day)
  return {
    ...shape,
    roll,
    isTight: shape.mood === 'tight',
    id: (dataset) => pseudonym(datasetOf(dataset).prefix, roll),
    countOf: (dataset, usual) => shape.counts?.[dataset] ?? Math.max(2, Math.round(usual)),
    money: (amountMinor) => ({ amount: Math.round(amountMinor), currency: shape.currency ?? 'GBP' }),
    dayAt: (offset) => at(offset).toISOString().slice(0, 10),
    instantAt: (offset) =>
      `${at(offset).toISOString().slice(0, 10)}T${String(between(0, 23, roll)).padStart(2, '0')}:15:00.000Z`,
    // Rows that are older than a short window come where they are still open.
    backIn: (dataset) =>
      -Math.floor(roll() ** 1.3 * Math.min(Math.max(shape.windowOf(dataset) - 1, 120), 3_000)),
  }
}

/** The ids of rows, of which there is at least one. */
export function idsOf(rows: readonly Row[]): string[] {
  return rows.map((row) => row['id'] as string)
}
