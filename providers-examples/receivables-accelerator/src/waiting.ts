/** How one invoice was paid: days from its due day to its payment, or to today while it is unpaid. */
export interface Outcome {
  customer: string | null
  daysLate: number
  isPaid: boolean
}
export interface Wait {
  /** Days that its payment is still to be waited for, counting no further than 90. */
  days: number
  /** The chance that it is still unpaid in a week, if nobody does anything. */
  unpaidInAWeek: number
}

const [earliest, latest, horizon] = [-120, 365, 90]
const priorInvoices = 5 // invoices of a customer's own that weigh as much as all customers together

interface Tally {
  paid: number[]
  open: number[]
}
const emptyTally = (): Tally => ({ paid: days().fill(0), open: days().fill(0) })
const days = () => Array.from({ length: latest - earliest + 1 }, () => 0)
const indexOf = (daysLate: number) => Math.min(Math.max(Math.round(daysLate), earliest), latest) - earliest

/** The chance of being paid on each day, among the invoices that were unpaid until then (Kaplan and Meier 1958), drawn towards `prior`. */
function hazards({ paid, open }: Tally, prior: (day: number) => number, weight: number): number[] {
  let atRisk = 0
  const result = days()
  for (let i = result.length - 1; i >= 0; i--) {
    atRisk += (paid[i] ?? 0) + (open[i] ?? 0)
    result[i] = ((paid[i] ?? 0) + weight * prior(i)) / (atRisk + weight)
  }
  return result
}

/** Learns from paid and unpaid invoices how long a customer's payment is still to be waited for once it is so many days late. */
export function learnWaiting(
  outcomes: readonly Outcome[],
): (customer: string | null, daysLate: number) => Wait {
  const everyone = emptyTally()
  const byCustomer = new Map<string, Tally>()
  for (const { customer, daysLate, isPaid } of outcomes) {
    const own = (customer !== null && byCustomer.get(customer)) || emptyTally()
    if (customer !== null) byCustomer.set(customer, own)
    for (const tally of [everyone, own]) {
      const counts = isPaid ? tally.paid : tally.open
      counts[indexOf(daysLate)] = (counts[indexOf(daysLate)] ?? 0) + 1
    }
  }
  // Days on which nobody paid yet get the even pace of a business that is paid within a month.
  const common = hazards(everyone, () => 1 / 30, 1)
  return (customer, daysLate) => {
    const own = (customer !== null && byCustomer.get(customer)) || emptyTally()
    const hazard = hazards(own, (day) => common[day] ?? 0, priorInvoices)
    const start = indexOf(daysLate)
    let [unpaid, waited, unpaidInAWeek] = [1, 0, 1]
    for (let day = 1; day <= horizon; day++) {
      waited += unpaid
      unpaid *= 1 - (hazard[Math.min(start + day, hazard.length - 1)] ?? 0)
      if (day === 7) unpaidInAWeek = unpaid
    }
    return { days: waited, unpaidInAWeek }
  }
}
