import { countDaysJob } from '../src/features/administration/index.ts'
import { levelsJob } from '../src/features/certification/index.ts'
import { platformPerson, type Person } from '../test/people.ts'
import { median, round, spread, tell, timed, type Figure } from './figure.ts'
import { clearExecutions, type Portfolio } from './portfolio.ts'
import type { Stage } from './stage.ts'

export interface MarketplaceSizes {
  /** Of the last 24 hours: days that are not over are counted each time. */
  executions: number
  /** What providers read of executions, over 90 days. */
  lines: number
  rounds: number
  /** How often the page is asked for in a round. */
  pages: number
}

/** What the platform's own page and jobs cost over everything that ran on the marketplace. */
export async function measureMarketplace(
  stage: Stage,
  portfolio: Portfolio,
  sizes: MarketplaceSizes,
): Promise<Figure[]> {
  const admin = await platformPerson(stage, 'owner')
  await fill(stage, portfolio, sizes)
  await countDaysJob.handle(stage.deps, [{}])
  tell(`marketplace: ${sizes.rounds} rounds over ${sizes.executions} executions and ${sizes.lines} lines`)
  const pages: number[] = []
  const levels: number[] = []
  for (let i = 0; i < sizes.rounds; i++) {
    pages.push(await p95Of(admin, sizes))
    levels.push((await timed(() => levelsJob.handle(stage.deps, [{}]))) / 1_000)
  }
  await clearExecutions(stage)
  const size = { executions: sizes.executions, lines: sizes.lines }
  const toFigure = (figure: string, values: readonly number[], unit: string, aimIs: number): Figure => {
    const value = round(median(values))
    return {
      figure,
      value,
      unit,
      aim: aimIs,
      met: value <= aimIs,
      size,
      rounds: sizes.rounds,
      noise: spread(values),
    }
  }
  return [
    toFigure('figures of the marketplace, through HTTP', pages, 'ms p95', 200),
    toFigure('levels of every service reckoned anew', levels, 's', 60),
  ]
}

async function p95Of(admin: Person, { pages, executions }: MarketplaceSizes): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < pages; i++) {
    times.push(
      await timed(async () => {
        const { status, body } = await admin.get('/v1/admin/figures?days=30')
        if (status !== 200 || body.period.executions < executions)
          throw new Error(
            `not the figures that were to come: ${status} ${JSON.stringify(body.period ?? body)}`,
          )
      }),
    )
  }
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.95) - 1] ?? Number.NaN
}

async function fill({ admin }: Stage, portfolio: Portfolio, sizes: MarketplaceSizes): Promise<void> {
  tell('marketplace: filling')
  const { organisation, subscriptions } = portfolio
  const subscription = `lateral (select * from bizq.subscriptions
    where organisation_id = $1 and id = ($2::uuid[])[1 + n % cardinality($2::uuid[])]) s`
  await admin.query(
    `insert into bizq.executions (organisation_id, business_id, subscription_id, grant_id, service_id, provider_id, release_id, subscriber_id,
       state, trigger, outcome, queued_at, started_at, finished_at, wall_ms)
     select s.organisation_id, s.business_id, s.id, s.grant_id, s.service_id, s.provider_id, s.release_id, s.subscriber_id,
       'succeeded', 'schedule', 'succeeded', at, at, at, 20 + n % 400
     from generate_series(0, $3::int - 1) n, lateral (select now() - n * interval '1 day' / $3::int as at) v, ${subscription}`,
    [organisation, subscriptions, sizes.executions],
  )
  await admin.query(
    `insert into bizq.provider_executions (organisation_id, subscriber_id, service_id, release_id, outcome, wall_ms, day)
     select s.provider_id, s.subscriber_id, s.service_id, s.release_id, case when n % 500 = 0 then 'failed' else 'succeeded' end,
       20 + n % 400, current_date - (89 - n * 90::bigint / $3::int)::int
     from generate_series(0, $3::int - 1) n, ${subscription}`,
    [organisation, subscriptions, sizes.lines],
  )
  await admin.query('vacuum analyze bizq.executions, bizq.provider_executions')
}
