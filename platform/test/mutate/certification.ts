import type { Mutation } from './mutation.ts'

const features = 'platform/src/features'
const certificateTests = [`${features}/releases/certificate.test.ts`]
const certifierTests = [`${features}/certification/certification.test.ts`]

/** What certificates and certifiers are trusted for. */
export const certification: readonly Mutation[] = [
  {
    name: 'a release is offered without a certificate that is good',
    file: `${features}/releases/publication.ts`,
    find: `store.ReleaseRow): Promise<store.ReleaseRow> {
  await requireCertified(unit, row)
  const published`,
    replace: `store.ReleaseRow): Promise<store.ReleaseRow> {
  void requireCertified
  const published`,
    tests: certificateTests,
    only: 'nothing is offered without',
  },
  {
    name: 'a certificate of another release is good enough',
    file: `${features}/releases/certificate.ts`,
    find: '      release: row.digest,\n',
    replace: '',
    tests: certificateTests,
    only: 'nothing is offered without',
  },
  {
    name: 'a certificate of other profiles is good enough',
    file: `${features}/releases/certificate.ts`,
    find: 'if (lacking.length === 0) return',
    replace: 'if (lacking.length < 9) return',
    tests: certificateTests,
    only: 'nothing is offered without',
  },
  {
    name: 'what an older suite certified is never looked at again',
    file: `${features}/releases/certificate-store.ts`,
    find: "eb('suite', 'not like', `${major}.%`),",
    replace: '',
    tests: certificateTests,
    only: 'certified anew by itself',
  },
  {
    name: 'a release that fails the present suite takes subscribers for ever',
    file: `${features}/releases/review.ts`,
    find: 'if (!row?.recertify_by || row.recertify_by > now) return',
    replace: 'if (!row?.recertify_by || row.recertify_by <= now) return',
    tests: certificateTests,
    only: 'has 30 days',
  },
  {
    name: 'a document is sent so that a browser runs it',
    file: `${features}/releases/document-response.ts`,
    find: `"default-src 'none'; sandbox"`,
    replace: `"default-src 'self'"`,
    tests: certificateTests,
    only: 'no browser runs it',
  },
  {
    name: 'no release needs a certifier',
    file: `${features}/releases/settle.ts`,
    find: 'if (reviewers > 0) {',
    replace: 'if (reviewers > 2) {',
    tests: certifierTests,
    only: 'a first release waits',
  },
  {
    name: 'one certifier is enough for what moves money',
    file: `${features}/releases/review-rule.ts`,
    find: "const needsTwo = reasons.some(({ code }) => code === 'moves-money' || code === 'personal-data')",
    replace: "const needsTwo = reasons.some(({ code }) => code === 'personal-data')",
    tests: [`${features}/releases/review-rule.test.ts`],
  },
  {
    name: 'the first approval of two certifies',
    file: `${features}/releases/review.ts`,
    find: 'const isLast = approvals >= row.reviewers_needed',
    replace: 'const isLast = approvals > 0 && row.reviewers_needed > 0',
    tests: certifierTests,
    only: 'needs two certifiers',
  },
  {
    name: 'one certifier approves twice',
    file: `${features}/certification/service.ts`,
    find: 'if (approvals.some(({ user_id }) => user_id === user))',
    replace: 'if (approvals.length > 1)',
    tests: certifierTests,
    only: 'needs two certifiers',
  },
  {
    name: 'a certifier judges a release of their own organisation',
    file: `${features}/certification/service.ts`,
    find: 'if (await store.belongsTo(deps.directory, user, found.provider_id))',
    replace: 'if (user === found.provider_id)',
    tests: certifierTests,
    only: 'that they belong to',
  },
  {
    name: 'a decision stands whatever report it was made on',
    file: `${features}/certification/decide.ts`,
    find: 'if (report.digest !== body.report)',
    replace: "if (body.report === '')",
    tests: certifierTests,
    only: 'voids what was decided',
  },
  {
    name: 'approvals of the report before count on',
    file: `${features}/certification/store.ts`,
    find: ".where('report_id', 'in', [...reports])",
    replace: ".where('report_id', 'is not', null)",
    tests: certifierTests,
    only: 'voids what was decided',
  },
  {
    name: 'an approval needs no checklist',
    file: `${features}/certification/decide.ts`,
    find: 'requireAnswered(row.manifest, answers)',
    replace: 'void requireAnswered',
    tests: certifierTests,
    only: 'needs the whole checklist',
  },
  {
    name: 'anybody of the platform certifies',
    file: `${features}/certification/service.ts`,
    find: '  requireCertifier(actor)\n',
    replace: '  void requireCertifier\n',
    tests: certifierTests,
    only: 'for certifiers alone',
  },
]
