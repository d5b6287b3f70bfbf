import { datasetOf, type DatasetName } from '../../contract/datasets/index.ts'
import { encodeId } from '../../contract/ids.ts'
import type { Money } from '../../contract/money.ts'
import type { Row } from '../../contract/rows.ts'
import { seeded } from '../seeded.ts'

/** The records of a business as its operator sees them: ids are TypeIDs, money is exact, nothing is masked. */
export type Records = { readonly [D in DatasetName]: readonly Row<D>[] }

/** What every part of the example is made with. */
export interface Making {
  /** Between two whole numbers, both included. */
  between(low: number, high: number): number
  chance(of: number): boolean
  pick<T>(from: readonly T[]): T
  /** A day counted from the business's today. */
  day(offset: number): string
  /** Pence, rounded to what people charge. */
  pounds(low: number, high: number): Money
  /** A whole row: what is not given is null. */
  row<D extends DatasetName>(dataset: D, given: Partial<Row<D>>): Row<D>
}

const uuid = (roll: () => number) =>
  Array.from({ length: 32 }, () => Math.floor(roll() * 16).toString(16)).join('')

export function making(seed: number, today: string): Making {
  const roll = seeded(seed)
  const start = Temporal.PlainDate.from(today)
  const between = (low: number, high: number) => low + Math.floor(roll() * (high - low + 1))
  return {
    between,
    chance: (of) => roll() < of,
    pick<T>(from: readonly T[]) {
      const found = from[Math.floor(roll() * from.length)]
      if (found === undefined) throw new RangeError('there is nothing to pick from')
      return found
    },
    day: (offset) => start.add({ days: offset }).toString(),
    pounds: (low, high) => ({ amount: between(low, high) * 100 + (roll() < 0.3 ? 50 : 0), currency: 'GBP' }),
    row<D extends DatasetName>(dataset: D, given: Partial<Row<D>>) {
      const { fields, prefix } = datasetOf(dataset)
      const empty = Object.fromEntries(Object.keys(fields).map((name) => [name, null]))
      return { ...empty, id: encodeId(prefix, uuid(roll)), ...given } as unknown as Row<D>
    },
  }
}

/** A share of an amount, to the penny. */
export function part({ amount, currency }: Money, share: number): Money {
  return { amount: Math.round(amount * share), currency }
}
