import type { Mutation } from './mutation.ts'

const oauth = 'platform/src/features/oauth'
const serviceTests = [`${oauth}/service-tokens.test.ts`]
const peopleTests = [`${oauth}/people.test.ts`]
const listings = 'platform/src/features/listings'
const listingTests = [`${listings}/listings.test.ts`]

/** What keeps tokens to whom and what they were given for. */
const tokens: Mutation[] = [
  {
    name: 'an assertion or a proof is taken again and again',
    file: `${oauth}/artifact-store.ts`,
    find: 'return result.numInsertedOrUpdatedRows === 1n',
    replace: 'return result.numInsertedOrUpdatedRows !== undefined',
    tests: serviceTests,
    only: 'is taken once, and not on another node either|taken once across nodes',
  },
  {
    name: 'a code is taken again and again',
    file: `${oauth}/artifact-store.ts`,
    find: "    .where('consumed_at', 'is', null)\n    .executeTakeFirst()",
    replace: '    .executeTakeFirst()',
    tests: peopleTests,
    only: 'comes to two nodes at once',
  },
  {
    name: 'a provider’s token opens every route',
    file: 'platform/src/http/authenticate.ts',
    find: 'if (actor.grant && !forProviders.test(`${method} ${path}`))',
    replace: "if (actor.grant && path === '' && !forProviders.test(`${method} ${path}`))",
    tests: serviceTests,
    only: 'reads nothing but its grant',
  },
  {
    name: 'a token goes on after its subscription was cancelled',
    file: `${oauth}/access.ts`,
    find: 'if (grant?.provider_id !== client.organisation_id || !grant.is_open)',
    replace: 'if (grant?.provider_id !== client.organisation_id)',
    tests: serviceTests,
    only: 'refused from the moment on that the subscription is cancelled',
  },
  {
    name: 'a provider gets a token for the grant of another',
    file: `${oauth}/access.ts`,
    find: 'if (found) return found.provider_id === client.organisation_id && found.is_open',
    replace: 'if (found) return found.is_open',
    tests: serviceTests,
    only: 'gets no token for a grant of another provider',
  },
  {
    name: 'a token of a deleted client goes on working',
    file: 'platform/migrations/0098_administration.ts',
    find: 'where c.deleted_at is null and o.stopped_by_platform',
    replace: 'where o.stopped_by_platform',
    tests: serviceTests,
    only: 'the client deleted',
  },
  {
    name: 'a token for another resource is taken',
    file: `${oauth}/access.ts`,
    find: 'if (!audiences.includes(resourceOf(ground.config)))',
    replace: 'if (audiences.length === 0)',
    tests: serviceTests,
    only: 'another on the same database refuses it',
  },
  {
    name: 'a token works with anybody’s key',
    file: `${oauth}/access.ts`,
    find: 'if (!token.jkt || checked.thumbprint !== token.jkt)',
    replace: 'if (!token.jkt)',
    tests: serviceTests,
    only: 'is checked in every part',
  },
  {
    name: 'a proof for one address is good for another',
    file: `${oauth}/proof.ts`,
    find: "if (typeof htu !== 'string' || plain(htu) !== plain(request.url))",
    replace: "if (typeof htu !== 'string')",
    tests: serviceTests,
    only: 'is checked in every part',
  },
  {
    name: 'a proof for one token is good for another',
    file: `${oauth}/proof.ts`,
    find: "if (ath !== createHash('sha256').update(request.token).digest('base64url'))",
    replace: "if (ath === createHash('sha256').update('').digest('base64url'))",
    tests: serviceTests,
    only: 'is checked in every part',
  },
  {
    name: 'a program goes on after its consent was taken back',
    file: 'platform/migrations/0070_oauth.ts',
    find: '\n    where c.revoked_at is null`',
    replace: '`',
    tests: peopleTests,
    only: 'until they take it back',
  },
  {
    name: 'a program is more than the person that it acts for',
    file: 'platform/migrations/0070_oauth.ts',
    find: 'c.client, c.scopes, m.role, o.kind',
    replace: "c.client, c.scopes, 'owner'::text as role, o.kind",
    tests: peopleTests,
    only: 'never more than the person',
  },
  {
    name: 'a code needs no proof of who asked for it',
    file: `${oauth}/authorisation-server.ts`,
    find: 'pkce: { required: () => true },',
    replace: 'pkce: { required: () => false },',
    tests: peopleTests,
    only: 'without PKCE',
  },
  {
    name: 'private keys of clients are taken in',
    file: `${oauth}/schemas.ts`,
    find: "    z.strictObject({\n      kty: z.literal('EC'),",
    replace: "    z.looseObject({\n      kty: z.literal('EC'),",
    tests: serviceTests,
    only: 'private keys and weak ones are refused',
  },
]

/** What a provider writes and gives, before strangers see it. */
const shown: Mutation[] = [
  {
    name: 'images from elsewhere stand in descriptions',
    file: `${listings}/markdown-it.ts`,
    find: "markdown.disable(['html_block', 'html_inline', 'image'])",
    replace: "markdown.disable(['html_block', 'html_inline'])",
    tests: listingTests,
    only: 'brings no script',
  },
  {
    name: 'raw HTML of providers stands on our pages',
    file: `${listings}/markdown-it.ts`,
    find: `{ html: false, maxNesting: mostNesting })
markdown.disable(['html_block', 'html_inline', 'image'])`,
    replace: `{ html: true, maxNesting: mostNesting })
markdown.disable(['image'])`,
    tests: listingTests,
    only: 'brings no script',
  },
  {
    name: 'links of providers go anywhere',
    file: `${listings}/markdown-it.ts`,
    find: 'markdown.validateLink = (url) => /^(https:\\/\\/|mailto:)/i.test(url.trim())',
    replace: 'markdown.validateLink = () => true',
    tests: listingTests,
    only: 'brings no script',
  },
  {
    name: 'links of providers are vouched for',
    file: `${listings}/markdown-it.ts`,
    find: "tokens[at]?.attrSet('rel', 'nofollow noopener noreferrer ugc')",
    replace: '',
    tests: listingTests,
    only: 'no link that vouches',
  },
  {
    name: 'what else a picture’s file held is kept',
    file: `${listings}/sharp.ts`,
    find: '    .rotate()\n',
    replace: '    .keepMetadata()\n    .rotate()\n',
    tests: listingTests,
    only: 'an image is made anew',
  },
  {
    name: 'an image is taken whatever its size',
    file: `${listings}/sharp.ts`,
    find: 'limitInputPixels: mostPixels',
    replace: 'limitInputPixels: false',
    tests: listingTests,
    only: 'what is no picture',
  },
  {
    name: 'a browser may run an image',
    file: `${listings}/routes.ts`,
    find: `'content-security-policy': "default-src 'none'; sandbox",`,
    replace: '',
    tests: listingTests,
    only: 'it cannot run',
  },
  {
    name: 'pictures of a draft are seen by everybody',
    file: 'platform/migrations/0101_listings.ts',
    find: 'from bizq.listing_images where published_at is not null`',
    replace: 'from bizq.listing_images`',
    tests: listingTests,
    only: 'an image is made anew',
  },
  {
    name: 'a draft is written over unseen',
    file: `${listings}/service.ts`,
    find: 'if (version !== undefined && (draft?.version ?? null) !== version)',
    replace: 'if (version !== undefined && version > 1_000)',
    tests: listingTests,
    only: 'changed meanwhile',
  },
  {
    name: 'a viewer writes listings',
    file: `${listings}/service.ts`,
    find: "  requireOrganisationKind(actor, 'provider')\n  requireRole(actor, 'manager')",
    replace: "  requireOrganisationKind(actor, 'provider')",
    tests: listingTests,
    only: 'a viewer only reads it',
  },
]

const reports = 'platform/src/features/reports'
const reportTests = [`${reports}/reports.test.ts`]

/** What a service is told of its month, and what of it is believed. */
const told: Mutation[] = [
  {
    name: 'a service is told of its executions at once',
    file: `${reports}/history.ts`,
    find: 'executions: executions.filter(({ at }) => at < today),',
    replace: 'executions,',
    tests: reportTests,
    only: 'the day that is not over',
  },
  {
    name: 'a service is told at once what was decided',
    file: `${reports}/history.ts`,
    find: '=> at === null || at >= today',
    replace: '=> at === null',
    tests: reportTests,
    only: 'the day that is not over',
  },
  {
    name: 'a service is told the stake',
    file: `${reports}/history.ts`,
    find: 'stake_amount: null,',
    replace: '',
    tests: reportTests,
    only: 'no stake at all',
  },
  {
    name: 'a service is told exact money',
    file: `${reports}/history.ts`,
    find: 'return scaleSettings(told, factor) as ReportHistory',
    replace: 'return factor ? told : told',
    tests: reportTests,
    only: 'its money is exact again',
  },
  {
    name: 'what a service says of money stays scaled',
    file: `${reports}/service.ts`,
    find: 'report: isOwn ? unmasked(asked.report, grant.factor) :',
    replace: 'report: isOwn ? asked.report :',
    tests: reportTests,
    only: 'its money is exact again',
  },
  {
    name: 'a service is told what was paid on invoices whose payment it does not read',
    file: 'platform/src/features/reports/service.ts',
    find: 'return measuredFrom.every((field) => read.includes(field))',
    replace: 'return measuredFrom.some((field) => read.includes(field))',
    tests: ['platform/src/features/reports/reports.test.ts'],
    only: 'where it reads as much itself',
  },
  {
    name: 'what was paid before a reminder is told as its doing',
    file: 'platform/src/features/reports/measure.ts',
    find: 'if (isAfter && isSoon)',
    replace: 'if (isAfter || isSoon)',
    tests: ['platform/src/features/reports/reports.test.ts'],
    only: 'is not told as its doing',
  },
]

export const selfservice: readonly Mutation[] = [...tokens, ...shown, ...told]
