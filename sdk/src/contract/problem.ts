import { z } from 'zod'

/** A refusal over HTTP: problem details (RFC 9457), media type `application/problem+json`. */
export const Problem = z.looseObject({
  /** A URL that says more, ending in the code. */
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string().optional(),
  instance: z.string().optional(),
  /** Stable: what a program switches on. */
  code: z.string(),
  requestId: z.string().optional(),
  /** What is wrong with the body, by JSON Pointer (RFC 6901). */
  errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
})
export type Problem = z.infer<typeof Problem>
