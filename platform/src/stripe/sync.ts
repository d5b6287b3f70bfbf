import type { Deps } from '../deps.ts'

/** An object of Stripe's, by its id; `account` is the connected account that it belongs to, null for the platform's own. */
export interface StripeReference {
  id: string
  account: string | null
}

/**
 * What a feature does when an object of Stripe's may have changed. Events are not believed for what they say nor
 * for their order: `sync` retrieves the object, then does in one unit what follows from where it stands now. It
 * runs any number of times, late, and beside itself, so it only ever moves on.
 */
export interface StripeSync {
  /** Stripe's name of the kind of object: `invoice`, `dispute`, `payout`, … */
  object: string
  sync(deps: Deps, changed: StripeReference): Promise<void>
  /** What of ours waits for a state that is final: looked at again by reconciliation. */
  unfinished?(deps: Deps): Promise<StripeReference[]>
  /** Connected accounts whose own events reconciliation reads too. */
  accounts?(deps: Deps): Promise<string[]>
}
