import { verifyCertificate } from '@bizq/certification'
import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { test as base, type Platform } from '../../../test/harness.ts'
import { createBusiness, platformPerson, signUpOperator, type Person } from '../../../test/people.ts'
import { bundleOf, manifestOf, subscribe } from '../../../test/services.ts'
import { reviewByRisk } from '../releases/index.ts'

const test = base.extend<{ certifier: Person; second: Person; provider: Person }>({
  certifier: async ({ platform }, use) => {
    platform.deps.reviewRule = reviewByRisk
    await use(await platformPerson(platform, 'certifier'))
  },
  second: async ({ platform }, use) => use(await platformPerson(platform, 'certifier')),
  provider: async ({ platform }, use) => use(await signUpOperator(platform.app, 'provider')),
})

let made = 0

interface Submitted {
  path: string
  release: string
  service: string
  body: { id: string; state: string; review: { certifiers: number; reasons: { code: string }[] } | null }
}

/** Submits a release that the checks pass; of a new service unless one is named. */
async function submit(provider: Person, change: Record<string, unknown> = {}): Promise<Submitted> {
  const manifest = manifestOf({ service: `reviewed-${process.pid}-${++made}`, ...change })
  const service = String(manifest['service'])
  if (!change['service']) await provider.post('/v1/provider/services', { service })
  const path = `/v1/provider/services/${service}/releases`
  const { status, body } = await provider.post(path, { manifest, bundle: bundleOf(manifest) })
  if (status !== 201) throw new Error(JSON.stringify(body))
  return { path: `${path}/${body.id}`, release: body.id, service, body }
}

const pathOf = (release: string) => `/v1/certifier/submissions/${release}`

/** Reads a submission, answers its whole checklist with yes, and decides. */
async function decide(
  person: Person,
  release: string,
  decision: string,
  words = 'I read it all, it is good.',
) {
  const { body } = await person.get(pathOf(release))
  const answers = Object.fromEntries(body.checklist.map(({ id }: { id: string }) => [id, 'yes']))
  await person.send('PUT', `${pathOf(release)}/checklist`, answers)
  return person.post(`${pathOf(release)}/decision`, { decision, report: body.report.id, words })
}

const actionsOf = async (person: Person) =>
  (await person.get('/v1/audit?limit=200')).body.items.map(({ action }: { action: string }) => action)

const refund = { actions: [{ type: 'refund.issue', max: { amount: 5_000, currency: 'USD' } }] }

test('a first release waits for a certifier, whose approval certifies and publishes it', async ({
  platform,
  certifier,
  provider,
}) => {
  const { path, release, service, body } = await submit(provider)
  expect(body).toMatchObject({ state: 'submitted', review: { certifiers: 1 } })
  expect((await platform.app.request(`/v1/certificates/${release}`)).status).toBe(404)
  const queue = (await certifier.get('/v1/certifier/submissions')).body.items
  expect(queue).toContainEqual(
    expect.objectContaining({ release, slug: service, risk: 'low', approvals: 0, isApprovedByMe: false }),
  )
  expect((await decide(certifier, release, 'approve')).body).toEqual({ approvals: 1, certifiers: 1 })
  const got = (await provider.get(path)).body
  expect(got).toMatchObject({ state: 'published', review: null })

  const { certificate } = (await (await platform.app.request(`/v1/certificates/${release}`)).json()) as {
    certificate: string
  }
  const keys = await platform.deps.signer.publicKeys()
  const verdict = await verifyCertificate(certificate, { keys, release: got.digest, now: new Date() })
  expect(verdict).toMatchObject({ isValid: true, claims: { reviewers: ['certifier'] } })
  expect(JSON.stringify(verdict)).not.toContain(certifier.email)
  expect(await actionsOf(certifier)).toEqual(expect.arrayContaining(['submission.approve']))
  expect(await actionsOf(provider)).toEqual(
    expect.arrayContaining([
      'release.wait-for-review',
      'release.approve',
      'release.certify',
      'release.publish',
    ]),
  )
})

test('its provider cannot call a release certified: it goes on waiting for certifiers', async ({
  certifier,
  provider,
}) => {
  const { path, release } = await submit(provider)
  expect(await provider.send('PATCH', path, { state: 'certified' })).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('certifiers alone certify') },
  })
  expect((await provider.get(path)).body).toMatchObject({ state: 'submitted', review: { certifiers: 1 } })
  expect((await certifier.get(pathOf(release))).status).toBe(200)
})

test('a minor release passes by the machine alone', async ({ certifier, provider }) => {
  const first = await submit(provider)
  await decide(certifier, first.release, 'approve')
  const minor = await submit(provider, { service: first.service, version: '1.1.0' })
  expect(minor.body).toMatchObject({ state: 'published', review: null })
})

test('what moves money needs two certifiers, each another person', async ({
  certifier,
  second,
  provider,
}) => {
  const { path, release, body } = await submit(provider, refund)
  expect(body.review).toMatchObject({ certifiers: 2 })
  expect((await decide(certifier, release, 'approve')).body).toEqual({ approvals: 1, certifiers: 2 })
  expect((await provider.get(path)).body.state).toBe('submitted')

  const again = await decide(certifier, release, 'approve')
  expect([again.status, again.body.detail]).toEqual([403, expect.stringContaining('another person')])
  const token = await certifier.withToken(['*'], 'certifier')
  expect((await decide(token, release, 'approve')).status).toBe(403)
  expect((await provider.get(path)).body.state).toBe('submitted')

  expect((await decide(second, release, 'approve')).status).toBe(200)
  expect((await provider.get(path)).body.state).toBe('published')
})

test('what opens personal data is certified by two, and whoever subscribes is asked for a consent of its own', async ({
  platform,
  certifier,
  second,
  provider,
  operator,
}) => {
  const { service, release, body } = await submit(provider, {
    handlesPersonalData: true,
    data: {
      customers: {
        fields: ['id', 'email'],
        purpose: 'To write to customers.',
        personal: { email: { purpose: 'To write to customers.' } },
      },
    },
  })
  expect(body.review).toMatchObject({ certifiers: 2 })
  await decide(certifier, release, 'approve')
  await decide(second, release, 'approve')
  const answer = await platform.app.request(`/v1/certificates/${release}`)
  const { profiles } = (await answer.json()) as { profiles: string[] }
  expect(profiles).toEqual(['sandboxed', 'handles-personal-data'])
  const business = await createBusiness(operator)
  const { body: preview } = await operator.post(`/v1/services/${service}/preview`, { business })
  expect(preview.personal).toMatchObject([{ field: 'email', isOptional: false, isGranted: false }])
  const refused = await operator.post('/v1/subscriptions', { preview: preview.id })
  expect([refused.status, refused.body.detail]).toEqual([422, expect.stringContaining('agree to it by name')])
  const consent = { ...preview.consent, personal: { customers: ['email'] } }
  await subscribe(operator, business, service, {}, consent)
})

test('of two approvals at the same moment by one person, one counts', async ({ certifier, provider }) => {
  const { path, release } = await submit(provider, refund)
  const answers = await Promise.all([
    decide(certifier, release, 'approve'),
    decide(certifier, release, 'approve'),
  ])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 403])
  expect((await provider.get(path)).body.state).toBe('submitted')
})

test('nobody judges a release of an organisation that they belong to', async ({ platform, provider }) => {
  const owner = await platformPerson(platform, 'owner')
  platform.deps.reviewRule = reviewByRisk
  const { release } = await submit(provider)
  const invitation = await provider.post('/v1/invitations', { email: owner.email, role: 'viewer' })
  await owner.post('/v1/invitations/accept', { secret: invitation.body.secret })
  const asOwner = (method: string, path: string, body?: unknown) =>
    owner.send(method, path, body, { headers: { 'bizq-organisation': owner.organisation } })
  const { body } = await asOwner('GET', pathOf(release))
  expect(body.objection).toContain('You belong to the organisation')
  for (const decision of ['approve', 'refuse', 'ask']) {
    const refused = await asOwner('POST', `${pathOf(release)}/decision`, {
      decision,
      report: body.report.id,
      words: 'It is my own, and it is good.',
    })
    expect(refused.status).toBe(403)
  }
})

test('an approval needs the whole checklist, answered by who approves', async ({
  certifier,
  second,
  provider,
}) => {
  const { release } = await submit(provider)
  const { body } = await certifier.get(pathOf(release))
  const ids: string[] = body.checklist.map(({ id }: { id: string }) => id)
  expect(ids).toContain('honest-words')
  const approve = (person: Person) =>
    person.post(`${pathOf(release)}/decision`, {
      decision: 'approve',
      report: body.report.id,
      words: 'I read it all, it is good.',
    })
  expect((await approve(certifier)).status).toBe(409)
  const answer = (person: Person, value: string) =>
    person.send('PUT', `${pathOf(release)}/checklist`, Object.fromEntries(ids.map((id) => [id, value])))
  await answer(certifier, 'no')
  expect((await approve(certifier)).body.detail).toContain('answered with no')
  await answer(certifier, 'yes')
  expect((await approve(second)).status).toBe(409)
  expect((await approve(certifier)).status).toBe(200)
  const odd = await certifier.send('PUT', `${pathOf(release)}/checklist`, { 'is-it-nice': 'yes' })
  expect(odd.status).toBe(404)
})

test('a decision and all that follows from it are one transaction', async ({
  platform,
  certifier,
  provider,
}) => {
  const { path, release } = await submit(provider)
  const { sign } = platform.deps.signer
  platform.deps.signer.sign = () => Promise.reject(new Error('no key today'))
  const failed = await decide(certifier, release, 'approve')
  platform.deps.signer.sign = sign
  expect(failed.status).toBe(500)
  expect((await provider.get(path)).body.state).toBe('submitted')
  expect((await provider.get(`${path}/submission`)).body).toMatchObject({ notes: [], certificate: null })
  const { body } = await certifier.get(pathOf(release))
  expect(body).toMatchObject({ approvals: 0, decisions: [] })
  expect(await actionsOf(provider)).not.toContain('release.approve')
  expect((await decide(certifier, release, 'approve')).status).toBe(200)
  expect((await provider.get(path)).body.state).toBe('published')
})

test('a refusal hands the release back with reasons, and no name', async ({ certifier, provider }) => {
  const { path, release } = await submit(provider)
  const words = 'The summary promises tax savings that the code does not make.'
  expect((await decide(certifier, release, 'refuse', words)).status).toBe(200)
  expect((await provider.get(path)).body).toMatchObject({ state: 'draft', review: null })
  const { notes } = (await provider.get(`${path}/submission`)).body
  expect(notes).toEqual([{ kind: 'refusal', words, at: expect.any(String) }])
  expect(JSON.stringify((await provider.get('/v1/audit?limit=200')).body)).not.toContain(
    decodeId('org', certifier.organisation),
  )
  const { items } = (await certifier.get('/v1/certifier/decisions')).body
  expect(items[0]).toMatchObject({
    release,
    decision: 'refuse',
    words,
    isMine: true,
    certifier: 'Robin Test',
  })
  expect((await certifier.get(pathOf(release))).status).toBe(404)
})

test('a question reaches the provider, and its answer the certifier', async ({ certifier, provider }) => {
  const { path, release } = await submit(provider)
  expect((await provider.post(`${path}/answer`, { words: 'Nobody asked.' })).status).toBe(409)
  await decide(certifier, release, 'ask', 'Why does it need the notes of invoices?')
  expect((await provider.get(path)).body).toMatchObject({
    state: 'submitted',
    review: { askedAt: expect.any(String) },
  })
  const answered = await provider.post(`${path}/answer`, { words: 'To see which are disputed.' })
  expect(answered.body.review.askedAt).toBeNull()
  const { notes } = (await certifier.get(pathOf(release))).body
  expect(notes.map(({ kind, words }: { kind: string; words: string }) => [kind, words])).toEqual([
    ['question', 'Why does it need the notes of invoices?'],
    ['answer', 'To see which are disputed.'],
  ])
})

/** Makes the suite say something else of a release, as a newer one would. */
function changeSuite(platform: Platform) {
  const usual = platform.deps.releaseChecks
  platform.deps.releaseChecks = { ...usual, only: usual.only?.filter((id) => id !== 'limits.bundle') ?? [] }
  return () => (platform.deps.releaseChecks = usual)
}

test('a check that says something else voids what was decided on the report before', async ({
  platform,
  certifier,
  second,
  provider,
}) => {
  const { path, release } = await submit(provider, refund)
  const { body: read } = await second.get(pathOf(release))
  await decide(certifier, release, 'approve')
  expect((await second.post(`${pathOf(release)}/recheck`)).status).toBe(204)
  expect((await second.get(pathOf(release))).body).toMatchObject({
    approvals: 1,
    report: { id: read.report.id },
  })

  const restore = changeSuite(platform)
  expect((await second.post(`${pathOf(release)}/recheck`)).status).toBe(204)
  restore()
  const stale = await second.post(`${pathOf(release)}/decision`, {
    decision: 'approve',
    report: read.report.id,
    words: 'I read the report of before.',
  })
  expect([stale.status, stale.body.type]).toEqual([409, expect.stringContaining('stale-card')])
  expect((await second.get(pathOf(release))).body.approvals).toBe(0)
  await decide(second, release, 'approve')
  expect((await provider.get(path)).body.state).toBe('submitted')
  await decide(certifier, release, 'approve')
  expect((await provider.get(path)).body.state).toBe('published')
})

test('a certifier sees report, code, documents, and what changed for subscribers', async ({
  certifier,
  provider,
}) => {
  const first = await submit(provider)
  await decide(certifier, first.release, 'approve')
  const pricing = { monthly: { amount: 900, currency: 'USD' } }
  const next = await submit(provider, { service: first.service, version: '2.0.0', pricing })
  const { body } = await certifier.get(pathOf(next.release))
  expect(body).toMatchObject({
    version: '2.0.0',
    before: { version: '1.0.0' },
    changes: [expect.stringContaining('its price rises')],
    report: { verdict: 'passed', suite: '1.0.0' },
  })
  expect(body.reasons.map(({ code }: { code: string }) => code)).toEqual(['major-release'])
  expect(body.bundle).toContain('export function run')
  const fragments: { line: number; text: string }[] = body.newCode
  expect(fragments.every(({ line }) => line === 1)).toBe(true)
  expect(fragments.map(({ text }) => text).join(' ')).toContain('"amount":900')
  expect(fragments.map(({ text }) => text).join(' ')).not.toContain('describe')
})

test('the queue and a submission are for certifiers alone', async ({
  platform,
  certifier,
  provider,
  operator,
}) => {
  const { release } = await submit(provider)
  const manager = await platformPerson(platform, 'manager')
  const narrow = await certifier.withToken(['releases:write'], 'certifier')
  for (const person of [provider, operator, manager, narrow]) {
    for (const path of [
      '/v1/certifier/submissions',
      '/v1/certifier/decisions',
      pathOf(release),
      `${pathOf(release)}/documents/README.md`,
    ])
      expect((await person.get(path)).status).toBe(403)
    expect((await person.post(`${pathOf(release)}/recheck`)).status).toBe(403)
    expect((await person.send('PUT', `${pathOf(release)}/checklist`, {})).status).toBe(403)
    const decision = { decision: 'approve', report: 'x', words: 'I am no certifier at all.' }
    expect((await person.post(`${pathOf(release)}/decision`, decision)).status).toBe(403)
  }
})

test('the riskiest comes first, or the oldest', async ({ certifier, provider }) => {
  const plain = await submit(provider)
  const moving = await submit(provider, refund)
  const place = async (order: string) => {
    const { items } = (await certifier.get(`/v1/certifier/submissions?order=${order}`)).body
    const all = items.map(({ release }: { release: string }) => release)
    return all.indexOf(plain.release) < all.indexOf(moving.release)
  }
  expect(await place('age')).toBe(true)
  expect(await place('risk')).toBe(false)
})
