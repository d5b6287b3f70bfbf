import { compareEnds } from './ends.ts'
import type { SimulationOptions } from './options.ts'
import { planYear } from './plan.ts'
import { tellYear, type Told } from './year.ts'

export interface Simulated {
  chaotic: Told | undefined
  clean: Told
  /** Everything that does not agree, in words. */
  faults: string[]
}

export interface Simulating {
  postgresUrl: string
  onDay?: (what: string, day: number, days: number) => void
}

/** Tells the same year with everything going wrong and with nothing, and looks whether both came to the same. */
export async function simulate(
  options: SimulationOptions,
  { postgresUrl, onDay }: Simulating,
): Promise<Simulated> {
  const year = planYear(options)
  const { seed } = options
  const tell = (what: string, isChaotic: boolean) =>
    tellYear(year, {
      postgresUrl,
      seed,
      isChaotic,
      onDay: (day, days) => onDay?.(what, day, days),
    })
  const chaotic = options.hasChaos ? await tell('chaos', true) : undefined
  const clean = await tell('clean', false)
  const faults = [
    ...(chaotic?.faults ?? []).map((fault) => `chaos: ${fault}`),
    ...clean.faults.map((fault) => `clean: ${fault}`),
    ...(chaotic ? compareEnds(chaotic.end, clean.end).map((fault) => `chaos and clean: ${fault}`) : []),
    ...(chaotic ? compareRefusals(chaotic, clean) : []),
  ]
  return { chaotic, clean, faults }
}

/** What was refused in one and not in the other went another way. */
function compareRefusals(chaotic: Told, clean: Told): string[] {
  return [...new Set([...chaotic.refused.keys(), ...clean.refused.keys()])]
    .filter((what) => chaotic.refused.get(what) !== clean.refused.get(what))
    .map(
      (what) =>
        `refused ${chaotic.refused.get(what) ?? 0} and ${clean.refused.get(what) ?? 0} times: ${what}`,
    )
}
