import type { Money } from '@bizq/sdk/contract'

interface Seen {
  day: string
  amount: number
  balance: Money
}
interface Track {
  previous: Seen
  /** The newest row if the file goes forward in time, and if it goes backward. */
  forward: Seen
  backward: Seen
  votes: number
}

/**
 * Finds the latest balance of each account in a statement that gives one after every row. Statements run
 * forward or backward in time; where the days do not tell, the sums do.
 */
export function createBalances() {
  const tracks = new Map<string, Track>()
  return {
    see(account: string, row: Seen) {
      const track = tracks.get(account)
      if (!track) {
        tracks.set(account, { previous: row, forward: row, backward: row, votes: 0 })
        return
      }
      const { previous } = track
      if (row.day > previous.day) track.votes += 10
      if (row.day < previous.day) track.votes -= 10
      if (previous.balance.amount + row.amount === row.balance.amount) track.votes += 1
      if (previous.balance.amount - previous.amount === row.balance.amount) track.votes -= 1
      if (row.day >= track.forward.day) track.forward = row
      if (row.day > track.backward.day) track.backward = row
      track.previous = row
    },
    latest(account: string): { balance: Money; day: string } | undefined {
      const track = tracks.get(account)
      if (!track) return undefined
      const { balance, day } = track.votes < 0 ? track.backward : track.forward
      return { balance, day }
    },
  }
}
