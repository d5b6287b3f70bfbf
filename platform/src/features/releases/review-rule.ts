import { actionOf, compareConsent, type Manifest } from '@bizq/sdk/contract'

/** Why a machine alone does not let a release through. */
export type ReviewReasonCode =
  | 'first-release'
  | 'major-release'
  | 'remote-runtime'
  | 'moves-money'
  | 'personal-data'

export interface ReviewReason {
  code: ReviewReasonCode
  /** In plain words, for certifier and provider. */
  detail: string
}

export interface ReviewNeed {
  /** How many certifiers have to approve, each another person. */
  reviewers: 0 | 1 | 2
  reasons: ReviewReason[]
}

export interface ReviewGround {
  manifest: Manifest
  /** The release of the service that was published last; none for the first. */
  before: Manifest | null
}

/** Says whether a release that passed the suite needs certifiers besides. */
export type ReviewRule = (ground: ReviewGround) => ReviewNeed

/**
 * The platform's rule: a person looks at what is new, at what asks for more, at what runs elsewhere, and
 * two persons at what moves money out or opens personal data. All else passes by the suite alone.
 */
export const reviewByRisk: ReviewRule = ({ manifest, before }) => {
  const reasons: ReviewReason[] = []
  if (!before) reasons.push({ code: 'first-release', detail: 'It is the first release of the service.' })
  const changes = before ? compareConsent(before, manifest).reasons.map(({ detail }) => detail) : []
  if (changes.length > 0)
    reasons.push({ code: 'major-release', detail: `It asks subscribers for more: ${changes.join('; ')}.` })
  if (manifest.runtime.kind === 'remote')
    reasons.push({
      code: 'remote-runtime',
      detail: `It runs outside the platform, at ${new URL(manifest.runtime.endpoint).origin}.`,
    })
  const moving = manifest.actions.filter(({ type }) => actionOf(type).movesMoneyOut).map(({ type }) => type)
  if (moving.length > 0)
    reasons.push({ code: 'moves-money', detail: `It may move money out: ${moving.join(', ')}.` })
  if (manifest.handlesPersonalData)
    reasons.push({ code: 'personal-data', detail: 'It asks for personal data of people.' })
  const needsTwo = reasons.some(({ code }) => code === 'moves-money' || code === 'personal-data')
  return { reviewers: needsTwo ? 2 : reasons.length > 0 ? 1 : 0, reasons }
}
