import { parseArgs } from 'node:util'
import type { YearOptions } from './plan.ts'

export interface SimulationOptions extends YearOptions {
  hasChaos: boolean
}

export const help = `pnpm simulate:billing [--operators N] [--businesses N] [--months N] [--seed N] [--no-chaos]

Tells a year of a marketplace twice: once with the platform killed at random, Stripe failing, and its events sent five
times, shuffled, forged and late; once with none of that. Then looks that all of the money agrees, with itself, with
Stripe, and between both, to the cent.

  --operators   how many join (200)
  --businesses  how many they have together (1000)
  --months      how long it takes (12; at most 24)
  --seed        another number tells another year (1)
  --no-chaos    once only, with nothing going wrong

Ends with 0 when everything agrees, 1 when something does not, 2 when a flag is not right.`

export class WrongFlag extends Error {}

const flags = {
  operators: { usual: 200, from: 1, to: 5_000 },
  businesses: { usual: 1_000, from: 1, to: 50_000 },
  months: { usual: 12, from: 1, to: 24 },
  seed: { usual: 1, from: 0, to: 2_147_483_647 },
} as const

/** What the flags ask for; 'help' if that. Throws a WrongFlag that says which is not right and what it takes. */
export function readFlags(args: string[]): SimulationOptions | 'help' {
  const text = { type: 'string' } as const
  const { values } = parse(args, { operators: text, businesses: text, months: text, seed: text })
  if (values.help) return 'help'
  const whole = (name: keyof typeof flags): number => {
    const { usual, from, to } = flags[name]
    const given = values[name]
    if (given === undefined) return usual
    const number = Number(given)
    if (/^\d+$/.test(given) && number >= from && number <= to) return number
    throw new WrongFlag(`--${name} takes a whole number from ${from} to ${to}, not ${given}.`)
  }
  const options = {
    operators: whole('operators'),
    businesses: whole('businesses'),
    months: whole('months'),
    seed: whole('seed'),
    hasChaos: !values['no-chaos'],
  }
  if (options.businesses < options.operators)
    throw new WrongFlag(
      `--businesses ${options.businesses} are fewer than --operators ${options.operators}: each has one at least.`,
    )
  return options
}

type Texts = Record<'operators' | 'businesses' | 'months' | 'seed', { type: 'string' }>

function parse(args: string[], texts: Texts) {
  const yes = { type: 'boolean' } as const
  try {
    return parseArgs({ args, options: { ...texts, 'no-chaos': yes, help: { ...yes, short: 'h' } } })
  } catch (error) {
    throw new WrongFlag(error instanceof Error ? error.message : String(error))
  }
}
