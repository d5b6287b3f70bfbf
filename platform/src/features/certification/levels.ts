/** How far a service has come: shown on its listing, and asked of nobody. */
export const levels = ['bronze', 'silver', 'gold', 'platinum'] as const
export type Level = (typeof levels)[number]

/** What is counted of a service: customers now, the rest over 90 days. */
export interface Standing {
  /** Organisations with a subscription that is not cancelled. */
  customers: number
  executions: number
  succeeded: number
  accepted: number
  undone: number
}

export interface Field {
  /** The place by customers among the services on offer, 1 for the most. */
  place: number
  services: number
}

const silverCustomers = 100
const goldCustomers = 1_000
const topShare = 100
/** Below so many, shares say nothing. */
const fewestExecutions = 100
const fewestAccepted = 20
const leastSuccess = 0.99
const mostUndone = 0.05

/**
 * Bronze is new; Silver has 100 customers, Gold 1,000, Platinum is Gold among the top 1 % by customers. Who does not do
 * well, or has not run often enough to say, is one level lower: 99 % of executions succeed, 5 % of what was accepted is undone.
 */
export function levelOf(standing: Standing, { place, services }: Field): Level {
  const { customers } = standing
  if (customers < silverCustomers) return 'bronze'
  const isTop = place <= Math.floor(services / topShare)
  const reached = customers < goldCustomers ? 1 : isTop ? 3 : 2
  return levels[doesWell(standing) ? reached : reached - 1] ?? 'bronze'
}

function doesWell({ executions, succeeded, accepted, undone }: Standing): boolean {
  if (executions < fewestExecutions || succeeded < executions * leastSuccess) return false
  return accepted < fewestAccepted || undone <= accepted * mostUndone
}

/** The level of each, by its place among all. */
export function levelsOf<S extends Standing>(standings: readonly S[]): { standing: S; level: Level }[] {
  const services = standings.length
  return standings.map((standing) => {
    const place = 1 + standings.filter(({ customers }) => customers > standing.customers).length
    return { standing, level: levelOf(standing, { place, services }) }
  })
}
