import { z } from '@hono/zod-openapi'

const odd = /[\p{Cc}--[\n\r\t]]|\p{Co}|[\u202a-\u202e\u2066-\u2069]/v

/** What a person wrote for others to read: plain text of at most so many characters, nothing that a page or a terminal would obey. */
export function plainWords(most: number) {
  return z
    .string()
    .trim()
    .min(1, 'say it in words')
    .max(most, `must be at most ${most} characters`)
    .refine((words) => !odd.test(words), 'must be plain text, without control characters')
}
