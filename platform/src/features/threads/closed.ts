/** For so long after a subscription ended, or after the execution that they are about, both sides go on writing. */
const writableDays = 30

export interface Standing {
  /** When the subscription ended; null while it runs. */
  endedAt: Date | null
  /** Of a conversation about an execution: the day of that. It ends by it alone, so that it tells nothing of the subscription. */
  aboutDay: string | null
  /** Why the marketplace closed it. */
  closedReason: string | null
}

/** The last day (UTC) on which something can be written in a thread; null while its end is open. */
export function writableUntil({ endedAt, aboutDay }: Pick<Standing, 'endedAt' | 'aboutDay'>): string | null {
  const from = aboutDay ?? endedAt?.toISOString().slice(0, 10)
  return from === undefined ? null : Temporal.PlainDate.from(from).add({ days: writableDays }).toString()
}

/** Why nothing more can be written in a thread; null while it is open. */
export function whyClosed(standing: Standing): string | null {
  if (standing.closedReason !== null) return `The marketplace closed it: ${standing.closedReason}`
  const until = writableUntil(standing)
  if (until === null || until >= Temporal.Now.plainDateISO('UTC').toString()) return null
  const over = standing.aboutDay === null ? 'The subscription has ended.' : 'The execution is long over.'
  return `${over} Messages could be written until ${until}; what was written stays readable.`
}
