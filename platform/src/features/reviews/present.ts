import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Review } from './schemas.ts'

interface PublicRow extends Omit<Review, 'id' | 'editedDay' | 'answer'> {
  id: string
  edited_day: string | null
  answer: string | null
  answered_day: string | null
}

/** A review as everybody reads it. */
export function toReview(row: PublicRow): Review {
  return {
    id: encodeId(idPrefixes.review, row.id),
    stars: row.stars,
    words: row.words,
    country: row.country,
    subscribed: row.subscribed,
    decided: row.decided,
    day: row.day,
    editedDay: row.edited_day,
    answer:
      row.answer !== null && row.answered_day !== null ? { words: row.answer, day: row.answered_day } : null,
  }
}
