import { calm, openChaos } from './chaos.ts'
import { byDay, tellDay, workOf } from './day.ts'
import { checkEnd, readEnd, type End } from './ends.ts'
import { checkRefusals, openEvents, type EventCounts } from './events.ts'
import { openGround } from './ground.ts'
import type { PlannedYear } from './happening.ts'
import { control, openMarket } from './market.ts'
import { openPlatformChild } from './platform.ts'
import { randomOf } from './random.ts'
import { readSums, type Sums } from './sums.ts'

/** How a year went, and where it ended. */
export interface Told {
  end: End
  sums: Sums
  /** What does not hold of the money at the end, in words. */
  faults: string[]
  events: EventCounts
  kills: number
  refused: Map<string, number>
  seconds: number
}

export interface Telling {
  postgresUrl: string
  seed: number
  isChaotic: boolean
  onDay?: (day: number, days: number) => void
}

/** Tells a year in a marketplace of its own, from its first day to where everything came to rest. */
export async function tellYear(year: PlannedYear, telling: Telling): Promise<Told> {
  const begun = performance.now()
  const { seed, isChaotic } = telling
  const ground = await openGround(telling.postgresUrl, year.start)
  const platform = openPlatformChild(ground)
  const deps = await ground.openDeps()
  try {
    const market = await openMarket(ground, platform, deps)
    const random = randomOf(`chaos ${seed}`)
    await control(market, 'webhooks/hold', { held: true })
    const events = openEvents(
      {
        simulator: ground.simulator,
        secretKey: ground.secretKey,
        random: randomOf(`events ${seed}`),
        untilServing: platform.untilServing,
      },
      { isChaotic },
    )
    const chaos = isChaotic ? openChaos(market, random, { kills: 0.08, failures: 0.1 }) : calm
    for (const [number, happenings] of byDay(year).entries()) {
      await tellDay(market, events, chaos, { number, year, happenings, seed })
      telling.onDay?.(number, year.days)
    }
    await control(market, 'failures/clear', {})
    await events.send(year.days, true)
    await platform.ask({ do: 'work', work: workOf(market, true) })
    const counted = await ground.admin.query<{ sum: string | null }>(
      'select sum(count)::text as sum from bizq.stripe_refusals',
    )
    return {
      end: await readEnd(ground),
      sums: await readSums(ground.admin),
      faults: [
        ...(await checkEnd({ deps, adminUrl: ground.adminUrl })),
        ...checkRefusals(events.counts, Number(counted.rows[0]?.sum ?? 0)),
      ],
      events: { ...events.counts },
      kills: platform.kills,
      refused: market.refused,
      seconds: (performance.now() - begun) / 1_000,
    }
  } finally {
    await platform.close()
    await deps.close()
    await ground.close()
  }
}
