import { sql } from 'kysely'
import type { UnitOfWork } from '../db/unit-of-work.ts'
import { ProblemError } from '../problems.ts'

/** How many of a kind an organisation may have at once, or make in a day; and what to do where that is not enough. */
const rooms = {
  services: { most: 100, of: 'services', mend: 'Ask the marketplace for more room.' },
  releases: { most: 100, of: 'releases submitted within 24 hours', mend: 'Submit the next tomorrow.' },
  checks: {
    most: 4,
    of: 'releases whose checks still run',
    mend: 'Wait until one of them is checked: `bizq status` shows it.',
  },
  codes: { most: 200, of: 'open codes of one service', mend: 'Take back those that nobody needs.' },
  clients: { most: 50, of: 'OAuth clients', mend: 'Delete those that nothing uses.' },
  endpoints: { most: 20, of: 'webhook endpoints', mend: 'Delete those that nothing listens at.' },
  tokens: { most: 200, of: 'tokens that stand', mend: 'Revoke those that nothing uses.' },
  invitations: { most: 200, of: 'open invitations', mend: 'Take back those that nobody needs.' },
} as const

export type Room = keyof typeof rooms

/**
 * Refuses one more of what an organisation has, by `count`, as many of as it may. Of two that come at the same
 * moment the second is counted after the first.
 */
export async function requireRoom(
  { tx, actor }: Pick<UnitOfWork, 'tx' | 'actor'>,
  room: Room,
  count: () => Promise<number>,
): Promise<void> {
  const key = `room ${room} ${actor.organisation}`
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx)
  const { most, of, mend } = rooms[room]
  if ((await count()) < most) return
  throw new ProblemError('no-room', { detail: `You have ${most} ${of}, and may have no more. ${mend}` })
}
