import { z } from 'zod'

/** Why an operator rejected an action. The code goes back to the provider; words only after redaction. */
export const RejectionReason = z.enum([
  'wrong-facts',
  'bad-timing',
  'amount-too-high',
  'amount-too-low',
  'relationship',
  'tone',
  'already-done',
  'not-wanted',
  'other',
])
export type RejectionReason = z.infer<typeof RejectionReason>

/** How long a rejected action stays away when the facts that it was granted do not change, ISO 8601 duration. */
export const rejectionQuiet = 'P30D'
