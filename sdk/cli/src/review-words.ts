import type { Schemas } from '@bizq/client'
import { answerOf, type Session } from './session/api.ts'

type Release = Schemas['Release']

/** Whether something stands between a release and the catalogue that a person said, or has to say. */
function isWithCertifiers({ state, review, checks }: Release): boolean {
  return (
    Boolean(review) ||
    (state === 'draft' && checks.length > 0 && checks.every(({ outcome }) => outcome !== 'failed'))
  )
}

/** Where a release stands with the certifiers, in lines; none where no certifier has to do with it. */
export async function reviewWords({ api }: Session, service: string, release: Release): Promise<string[]> {
  const { review, id, version, recertifyBy } = release
  if (recertifyBy)
    return [
      `${service} ${version} does not pass the present checks: publish a release that does, or it takes no new subscribers from ${recertifyBy.slice(0, 10)}.`,
    ]
  if (!isWithCertifiers(release)) return []
  const params = { path: { service, release: id } }
  const { notes } = await answerOf(
    api.GET('/provider/services/{service}/releases/{release}/submission', { params }),
  )
  const last = notes.at(-1)
  if (!review)
    return last?.kind === 'refusal' ? [`${service} ${version}: a certifier refused it: ${last.words}`] : []
  const approvals = notes.filter(({ kind, at }) => kind === 'approval' && at >= review.since).length
  const given = review.certifiers > 1 ? ` (${approvals} of ${review.certifiers} approved)` : ''
  const head = `${service} ${version} waits for a certifier since ${review.since.slice(0, 10)}${given}:`
  const asked = review.askedAt ? notes.findLast(({ kind }) => kind === 'question') : undefined
  return [
    head,
    ...review.reasons.map(({ detail }) => `  ${detail}`),
    ...(asked
      ? [`  A certifier asks: ${asked.words}`, '  Answer it on the release’s page in the portal.']
      : []),
  ]
}
