import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'

/** What gives back as account credit what billing takes back of its invoices. It stands after billing, which asks for it through `deps`. */
export interface TakenBack {
  /** Gives back whatever was taken back of paid invoices until now. Safe to lose and to do again. */
  settle(deps: Deps, organisation: string): Promise<void>
  /**
   * What that comes to in minor units of the account's currency, within a unit that is itself taken back. `isOpenPaid`:
   * as if the open invoices were paid.
   */
  foresee(unit: UnitOfWork, as: { isOpenPaid: boolean }): Promise<bigint>
}
