import { z } from '@hono/zod-openapi'
import { ProblemError } from '../problems.ts'

/** `?cursor=&limit=` of every list. */
export const PageQuery = z.object({
  cursor: z.string().max(2_000).optional().openapi({ description: 'The `next` of the page before.' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export type PageQuery = z.infer<typeof PageQuery>

/** Writes the place after the last item of a page. */
export function encodeCursor(place: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Reads a cursor back; `undefined` on the first page. Refuses one that was not given out here. */
export function decodeCursor<T extends z.ZodType>(
  cursor: string | undefined,
  place: T,
): z.infer<T> | undefined {
  if (cursor === undefined) return undefined
  try {
    return place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch {
    throw new ProblemError('invalid-cursor', {
      detail: 'Send the `next` of the page before unchanged, or leave it out to start again.',
    })
  }
}

/** Cuts one row more than asked for into a page and its `next`. */
export function pageOf<Row>(
  rows: Row[],
  limit: number,
  placeOf: (row: Row) => readonly (string | number | null)[],
) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor(placeOf(last)) : null }
}
