import { z } from 'zod'

/** Why an operator ended a subscription. The provider reads codes only as counts over five who left or more; words only with them, after redaction. */
export const EndingReason = z.enum([
  'not-useful',
  'wrong-proposals',
  'too-many-proposals',
  'too-expensive',
  'feature-missing',
  'errors',
  'privacy',
  'switched',
  'only-a-trial',
  'business-ended',
  'other',
])
export type EndingReason = z.infer<typeof EndingReason>
