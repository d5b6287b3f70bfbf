import { systemActor, withUnitOfWork, type DomainEvents } from '../../db/unit-of-work.ts'
import { defineJob } from '../../jobs/define.ts'

type Told = {
  [T in 'review.received' | 'review.answered']: { type: T; payload: DomainEvents[T] }
}['review.received' | 'review.answered']

interface Telling {
  /** UUID. */
  organisation: string
  kind: 'operator' | 'provider'
  event: Told
}

/** Tells the other side of a review, as an event of its own organisation. Told twice, it is news once more and changes nothing. */
export const tellReviewJob = defineJob<Telling>('reviews-tell', async (deps, tellings) => {
  for (const { organisation, kind, event } of tellings)
    await withUnitOfWork(deps, systemActor(organisation, kind), async (unit) => {
      unit.emit(event.type, event.payload)
    })
})
