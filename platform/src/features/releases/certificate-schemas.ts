import { profileNames } from '@bizq/certification'
import { z } from '@hono/zod-openapi'

export const Profile = z.enum(profileNames).openapi('CertificationProfile')

export const Certificate = z.object({
  certificate: z.string().openapi({ description: 'The statement itself: a compact JWS, for `bizq verify`.' }),
  suite: z.string(),
  profiles: z.array(Profile),
  reviewers: z.int().openapi({ description: 'How many certifiers judged it besides the suite.' }),
  issuedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})

export const ReviewReason = z
  .object({
    code: z.enum(['first-release', 'major-release', 'remote-runtime', 'moves-money', 'personal-data']),
    detail: z.string(),
  })
  .openapi('ReviewReason')

/** Why a submitted release waits, and since when. */
export const Review = z.object({
  since: z.iso.datetime(),
  certifiers: z.int().openapi({ description: 'How many have to approve it, each another person.' }),
  reasons: z.array(ReviewReason),
  askedAt: z.iso
    .datetime()
    .nullable()
    .openapi({ description: 'Since when a question waits for your answer.' }),
})

export const ReviewNote = z
  .object({
    kind: z.enum(['question', 'answer', 'approval', 'refusal']),
    words: z.string(),
    at: z.iso.datetime(),
  })
  .openapi('ReviewNote', { description: 'What a certifier said, or the provider answered.' })

export const ReleaseDocument = z
  .object({
    name: z.string(),
    mediaType: z.string(),
    digest: z.string().openapi({ description: 'SHA-256 of the content, in hex.' }),
    bytes: z.int(),
  })
  .openapi('ReleaseDocument')

/** What certification knows of a release. */
export const Submission = z
  .object({
    notes: z.array(ReviewNote),
    certificate: Certificate.nullable(),
    documents: z.array(ReleaseDocument),
  })
  .openapi('Submission')

export const ReportFinding = z
  .object({
    detail: z.string(),
    expected: z.string().optional(),
    pointer: z.string().optional(),
    input: z.string().optional(),
    evidence: z.unknown().openapi({ description: 'The smallest input on which it was seen.' }),
    line: z.int().optional(),
    column: z.int().optional(),
  })
  .openapi('ReportFinding')

/** The whole report, as the suite makes it anywhere. */
export const Report = z
  .object({
    id: z.string().openapi({ description: 'SHA-256 of what it says apart from times; a decision names it.' }),
    madeAt: z.iso.datetime(),
    suite: z.string(),
    profiles: z.array(Profile),
    verdict: z.enum(['passed', 'failed']),
    service: z.string().nullable(),
    version: z.string().nullable(),
    digest: z.string().nullable(),
    durationMs: z.int(),
    results: z.array(
      z.object({
        id: z.string(),
        group: z.string(),
        severity: z.enum(['error', 'warning']),
        title: z.string(),
        outcome: z.enum(['passed', 'failed', 'skipped']),
        findings: z.array(ReportFinding),
        why: z.string().optional(),
        howToMend: z.string().optional(),
        reason: z.string().optional(),
      }),
    ),
  })
  .openapi('CertificationReport')

export const Answer = z.object({ words: z.string().trim().min(1).max(4_000) }).openapi('ReviewAnswer')

/** A certificate with what it is about, for anybody. */
export const PublicCertificate = Certificate.extend({
  release: z.string(),
  service: z.string(),
  digest: z.string().openapi({ description: 'SHA-256 over manifest and bundle of the release, in hex.' }),
}).openapi('PublicCertificate')
