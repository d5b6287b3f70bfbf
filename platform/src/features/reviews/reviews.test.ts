import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin, openOffice, remindAll, type Office } from '../../../test/executions.ts'
import { test, type Platform } from '../../../test/harness.ts'
import { join, platformPerson, signUpOperator, type Person } from '../../../test/people.ts'
import { takeTold } from '../../../test/told.ts'

const said = { stars: 4, words: 'It found three late invoices in the first week.' }

/** An operator with a subscription of which one proposal was decided. */
async function openDecided(platform: Platform, operator: Person, provider?: Person): Promise<Office> {
  const office = await openOffice(platform, operator, {
    body: remindAll,
    ...(provider ? { provider } : {}),
  })
  await office.run()
  await decideOne(operator, office)
  return office
}

async function decideOne(operator: Person, office: Office): Promise<void> {
  const { items } = (await operator.get(`/v1/actions?subscription=${office.subscription}&state=proposed`))
    .body
  const body = { decision: 'reject', version: items[0].version, reason: { code: 'bad-timing' } }
  expect((await operator.post(`/v1/actions/${items[0].id}/decision`, body)).status).toBe(200)
}

const pathOf = (office: Office) => `/v1/subscriptions/${office.subscription}/review`
const listed = async (reader: Person, office: Office, query = '') =>
  (await reader.get(`/v1/services/${office.published.service}/reviews${query}`)).body
const ratingOf = async (reader: Person, office: Office) =>
  (await reader.get(`/v1/services/${office.published.service}`)).body.rating
const only = (reviews: { items: { id: string }[] }): string => {
  expect(reviews.items).toHaveLength(1)
  return reviews.items[0]?.id ?? ''
}

test('a service is reviewed after the first decision on one of its actions and not before', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: remindAll })
  await office.run()
  const early = await operator.send('PUT', pathOf(office), said)
  expect([early.status, early.body.type]).toEqual([409, expect.stringContaining('review-not-open')])
  expect(early.body.detail).toContain('first decision')
  expect((await operator.get(pathOf(office))).body).toMatchObject({ mayReview: false, review: null })
  expect((await listed(operator, office)).items).toEqual([])

  await decideOne(operator, office)
  expect((await operator.get(pathOf(office))).body.mayReview).toBe(true)
  expect((await operator.send('PUT', pathOf(office), said)).status).toBe(200)
  expect((await listed(operator, office)).items).toEqual([
    {
      id: expect.stringMatching(/^rev_/),
      ...said,
      country: 'GB',
      subscribed: 'under-1',
      decided: '1-9',
      day: expect.any(String),
      editedDay: null,
      answer: null,
    },
  ])
})

test('a subscription has one review: writing again changes it, and what it said before is kept for the moderation', async ({
  platform,
  operator,
}) => {
  const office = await openDecided(platform, operator)
  await operator.send('PUT', pathOf(office), said)
  await operator.send('PUT', pathOf(office), {
    stars: 2,
    words: 'It stopped finding them.',
    showsCountry: false,
  })
  const reviews = await listed(operator, office)
  expect(reviews.items).toMatchObject([
    { stars: 2, words: 'It stopped finding them.', country: null, editedDay: expect.any(String) },
  ])
  expect(await ratingOf(operator, office)).toMatchObject({ count: 1, stars: [0, 1, 0, 0, 0] })
  const admin = await platformPerson(platform, 'manager')
  const history = await admin.get(`/v1/admin/reviews/${only(reviews)}`)
  expect(history.body.versions).toMatchObject([{ stars: 2 }, { stars: 4, words: said.words }])
})

test('what was taken back is read by nobody and counts for nothing, and can be written anew', async ({
  platform,
  operator,
}) => {
  const office = await openDecided(platform, operator)
  expect((await operator.send('DELETE', pathOf(office))).status).toBe(404)
  await operator.send('PUT', pathOf(office), said)
  expect((await operator.send('DELETE', pathOf(office))).body.review).toBeNull()
  expect((await listed(operator, office)).items).toEqual([])
  expect(await ratingOf(operator, office)).toMatchObject({ count: 0 })
  expect(
    (await office.provider.get(`/v1/provider/services/${office.published.service}/reviews`)).body.items,
  ).toEqual([])
  await operator.send('PUT', pathOf(office), said)
  only(await listed(operator, office))
})

test('the words of a review are redacted before anybody reads them, and its author sees beforehand what is read', async ({
  platform,
  operator,
}) => {
  const office = await openDecided(platform, operator)
  const words =
    'We at Harbour Gifts (Test Holdings) like it. It chased Lee Harbour Supplies and Ann Lee. Robin Test, robin@harbour.example, 020 7946 0958, www.harbour.example <b>!</b>'
  const preview = await operator.post(`${pathOf(office)}/preview`, { stars: 5, words })
  expect((await listed(operator, office)).items).toEqual([])
  for (const secret of ['Harbour', 'Test', 'Lee', 'Ann', 'Robin', '7946', 'example'])
    expect(preview.body.words).not.toContain(secret)
  expect(preview.body.words).toContain('[customer]')
  expect(preview.body.words).toContain('<b>!</b>')
  await operator.send('PUT', pathOf(office), { stars: 5, words })
  const shown = await listed(operator, office)
  expect(shown.items[0].words).toBe(preview.body.words)
  expect((await operator.get(pathOf(office))).body.review).toMatchObject({
    ownWords: words,
    words: preview.body.words,
  })
  const theirs = await office.provider.get(`/v1/provider/services/${office.published.service}/reviews`)
  expect(theirs.body.items[0].words).toBe(preview.body.words)
})

test('nothing that a provider gets of a review names its operator, business or subscription', async ({
  platform,
  operator,
}) => {
  const office = await openDecided(platform, operator)
  const path = `/v1/provider/services/${office.published.service}/reviews`
  await operator.send('PUT', pathOf(office), said)
  const rows = await asAdmin<object[]>(
    platform,
    'select * from bizq.service_reviews where organisation_id = $1',
    [decodeId('org', office.provider.organisation)],
  )
  const told = await takeTold(platform, 'reviews-tell', office.provider)
  const all = JSON.stringify([rows, (await office.provider.get(path)).body, told])
  expect(told).toMatchObject([{ type: 'review.received', payload: { stars: 4 } }])
  for (const id of [operator.organisation, office.business, office.subscription]) {
    expect(all).not.toContain(id)
    expect(all).not.toContain(decodeId(id.slice(0, 3), id))
  }
})

test('somebody who belongs to the provider too does not review its service', async ({ platform }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const operator = await signUpOperator(platform.app)
  const office = await openDecided(platform, operator, provider)
  const invitation = await provider.post('/v1/invitations', { email: operator.email, role: 'viewer' })
  await operator.post('/v1/invitations/accept', { secret: invitation.body.secret })
  const own = { headers: { 'bizq-organisation': operator.organisation } }
  const refused = await operator.send('PUT', pathOf(office), said, own)
  expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('reviews their own')])
})

test('only its own organisation reads, writes and takes back a review, and only with the right to', async ({
  platform,
  operator,
  stranger,
}) => {
  const office = await openDecided(platform, operator)
  const viewer = await join(platform.app, operator, 'viewer')
  expect((await viewer.send('PUT', pathOf(office), said)).status).toBe(403)
  expect((await stranger.send('PUT', pathOf(office), said)).status).toBe(404)
  expect((await stranger.get(pathOf(office))).status).toBe(404)
  expect((await office.provider.send('PUT', pathOf(office), said)).status).toBe(403)
  expect((await operator.send('PUT', pathOf(office), { stars: 6, words: 'Very' })).status).toBe(422)
  expect((await operator.send('PUT', pathOf(office), { stars: 5, words: '\u202eolleh' })).status).toBe(422)
  await operator.send('PUT', pathOf(office), said)
  expect((await stranger.send('DELETE', pathOf(office))).status).toBe(404)
  const token = await operator.withToken(['services:read'])
  expect((await token.send('DELETE', pathOf(office))).status).toBe(403)
})

test('the provider of a service answers a review once, and nobody else does', async ({
  platform,
  operator,
}) => {
  const office = await openDecided(platform, operator)
  await operator.send('PUT', pathOf(office), said)
  const path = `/v1/provider/reviews/${only(await listed(operator, office))}/answer`
  const words = 'Thank you. Write to anna.bell@maker.example.'
  expect((await office.provider.send('PUT', path, { words })).body).toEqual({
    words: 'Thank you. Write to [email].',
  })
  await office.provider.send('PUT', path, { words: 'Thank you, that is fair.' })
  expect((await listed(operator, office)).items[0].answer).toMatchObject({
    words: 'Thank you, that is fair.',
  })
  expect(await takeTold(platform, 'reviews-tell', operator)).toMatchObject([
    { type: 'review.answered', payload: { subscription: office.subscription, isAnswered: true } },
    { type: 'review.answered' },
  ])
  const other = await signUpOperator(platform.app, 'provider')
  expect((await other.send('PUT', path, { words: 'Mine' })).status).toBe(404)
  expect((await operator.send('PUT', path, { words: 'Mine' })).status).toBe(403)
  expect((await office.provider.send('DELETE', path)).status).toBe(204)
  expect((await listed(operator, office)).items[0].answer).toBeNull()
})

test('a reported review that is hidden is read by nobody and counts for nothing; author, provider and reporter are told why', async ({
  platform,
  operator,
  stranger,
}) => {
  const office = await openDecided(platform, operator)
  const admin = await platformPerson(platform, 'owner')
  await operator.send('PUT', pathOf(office), said)
  const review = only(await listed(operator, office))
  const report = { reason: 'untrue', words: 'This did not happen.' }
  expect((await office.provider.post(`/v1/reviews/${review}/report`, report)).status).toBe(201)
  expect((await office.provider.post(`/v1/reviews/${review}/report`, report)).status).toBe(409)
  expect((await stranger.post(`/v1/reviews/${review}/report`, { reason: 'abusive' })).status).toBe(201)
  const queue = (await admin.get('/v1/admin/reviews')).body.items
  expect(queue).toMatchObject([{ id: review, state: 'shown', waits: 'reported', reports: [{}, {}] }])

  const decision = { decision: 'hide', reason: 'It speaks of another service.' }
  expect((await admin.post(`/v1/admin/reviews/${review}/decision`, decision)).status).toBe(204)
  expect((await listed(operator, office)).items).toEqual([])
  expect(await ratingOf(operator, office)).toMatchObject({ count: 0, mean: null })
  expect((await operator.get(pathOf(office))).body.review.hiddenReason).toBe(decision.reason)
  const theirs = await office.provider.get(`/v1/provider/services/${office.published.service}/reviews`)
  expect(theirs.body.items).toMatchObject([{ id: review, hiddenReason: decision.reason, isReported: false }])
  expect((await admin.get('/v1/admin/reviews')).body.items).toEqual([])
  expect((await admin.get('/v1/admin/reviews?show=hidden')).body.items).toMatchObject([{ id: review }])
  for (const [person, type] of [
    [operator, 'review.hidden'],
    [office.provider, 'report.decided'],
    [stranger, 'report.decided'],
  ] as const)
    expect(await eventsOf(platform, person)).toContainEqual({ type, reason: decision.reason })

  await operator.send('PUT', pathOf(office), { stars: 1, words: 'Still so.' })
  expect((await listed(operator, office)).items).toEqual([])
  expect((await admin.get('/v1/admin/reviews')).body.items).toMatchObject([{ waits: 'edited-since-hidden' }])
  await admin.post(`/v1/admin/reviews/${review}/decision`, {
    decision: 'keep',
    reason: 'It is about this one now.',
  })
  expect((await listed(operator, office)).items).toMatchObject([{ words: 'Still so.' }])
})

const eventsOf = (platform: Platform, { organisation }: Person) =>
  asAdmin<object[]>(
    platform,
    `select type, payload ->> 'reason' as reason from bizq.events where organisation_id = $1`,
    [decodeId('org', organisation)],
  )

test('only the marketplace moderates, and a provider reports reviews of its own services alone', async ({
  platform,
  operator,
}) => {
  const office = await openDecided(platform, operator)
  await operator.send('PUT', pathOf(office), said)
  const review = only(await listed(operator, office))
  const other = await signUpOperator(platform.app, 'provider')
  const certifier = await platformPerson(platform, 'certifier')
  expect((await other.post(`/v1/reviews/${review}/report`, { reason: 'abusive' })).status).toBe(403)
  for (const person of [operator, office.provider, certifier]) {
    expect((await person.get('/v1/admin/reviews')).status).toBe(403)
    expect((await person.get(`/v1/admin/reviews/${review}`)).status).toBe(403)
    const body = { decision: 'hide', reason: 'So' }
    expect((await person.post(`/v1/admin/reviews/${review}/decision`, body)).status).toBe(403)
  }
  only(await listed(operator, office))
})

test('reviews are paged and sorted without a gap', async ({ platform }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const first = await openDecided(platform, await signUpOperator(platform.app), provider)
  const ids = [0, 1, 2, 3].map((n) => `${n}0000000-0000-4000-8000-000000000000`)
  await asAdmin(
    platform,
    `insert into bizq.service_reviews (organisation_id, id, service_id, stars, words, subscribed, decided, day)
     select s.organisation_id, x.id::uuid, s.id, x.n % 3 + 2, 'So', '1-3', '1-9', current_date - x.n::int
     from bizq.services s, unnest($2::text[]) with ordinality x (id, n) where s.slug = $1`,
    [first.published.service, ids],
  )
  for (const sort of ['newest', 'highest', 'lowest']) {
    const whole = (await listed(provider, first, `?sort=${sort}`)).items.map(
      (each: { id: string }) => each.id,
    )
    const paged: string[] = []
    let cursor = ''
    do {
      const page = await listed(provider, first, `?sort=${sort}&limit=3${cursor}`)
      paged.push(...page.items.map((each: { id: string }) => each.id))
      cursor = page.next ? `&cursor=${page.next}` : ''
    } while (cursor)
    expect(paged).toEqual(whole)
    expect(new Set(paged).size).toBe(4)
  }
  expect(
    (await listed(provider, first, '?stars=4')).items.map((each: { stars: number }) => each.stars),
  ).toEqual([4])
})
