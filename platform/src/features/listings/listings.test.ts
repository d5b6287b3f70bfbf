import sharp from 'sharp'
import { expect } from 'vitest'
import { test } from '../../../test/harness.ts'
import { join, signUpOperator, type Person } from '../../../test/people.ts'
import { bundleOf, manifestOf, publish } from '../../../test/services.ts'

const empty = { description: '', screenshots: [], support: null, links: [], questions: [] }

async function service(provider: Person): Promise<string> {
  const { service: name } = await publish(provider)
  return `/v1/provider/services/${name}/listing`
}

const publicPath = (own: string) => own.replace('/provider', '')

async function picture(width = 800, height = 500): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#336655' } })
    .withExif({ IFD0: { Copyright: 'Ada Lovelace, 12 Analytical Road' } })
    .jpeg()
    .toBuffer()
}

const add = (provider: Person, own: string, image: Buffer) =>
  provider.post(`${own}/images`, { image: image.toString('base64') })

test('a draft is seen by nobody else; once published every operator reads it', async ({
  platform,
  operator,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const own = await service(provider)
  const before = (await provider.get(own)).body
  expect(before).toMatchObject({
    origin: 'manifest',
    draft: null,
    published: null,
    fixed: { name: 'Test Service' },
  })
  const content = { ...empty, description: 'It **finds** late invoices.', support: 'help@example.test' }
  const kept = await provider.send('PUT', `${own}/draft`, { content, version: null })
  expect(kept.body).toMatchObject({ origin: 'draft', draft: { version: 1 } })
  expect((await operator.get(publicPath(own))).body).toMatchObject({ number: null, support: null })
  const published = await provider.post(`${own}/publication`, { version: 1 })
  expect(published.body).toMatchObject({ draft: null, published: { number: 1 } })
  const seen = (await operator.get(publicPath(own))).body
  expect(seen).toMatchObject({
    number: 1,
    descriptionHtml: '<p>It <strong>finds</strong> late invoices.</p>\n',
    support: { text: 'help@example.test', href: 'mailto:help@example.test' },
  })
  expect(seen).toEqual(published.body.preview)
})

test('as long as nothing is written, the page shows the README of the release', async ({
  platform,
  operator,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const manifest = manifestOf({ service: 'with-a-readme' })
  await provider.post('/v1/provider/services', { service: 'with-a-readme' })
  const readme = `# With a README\n\n![What it proposes](screenshots/one.png)\n\nIt says *much*. ${'It finds late invoices. '.repeat(20)}`
  await provider.post('/v1/provider/services/with-a-readme/releases', {
    manifest,
    bundle: bundleOf(manifest),
    documents: { readme },
  })
  const seen = (await operator.get('/v1/services/with-a-readme/listing')).body
  expect(seen).toMatchObject({ source: 'readme', number: null })
  expect(seen.descriptionHtml).toMatch(/^<p>It says <em>much<\/em>/)
  const own = (await provider.get('/v1/provider/services/with-a-readme/listing')).body
  expect(own).toMatchObject({ origin: 'readme', preview: seen })
})

test('the page of a service for invited operators is theirs alone', async ({ platform, operator }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const own = await service(provider)
  const home = own.replace('/listing', '')
  expect((await provider.send('PATCH', home, { visibility: 'invite-only' })).status).toBe(200)
  expect((await operator.get(publicPath(own))).status).toBe(404)
})

test('what operators see is what the preview showed', async ({ platform, operator }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const own = await service(provider)
  await provider.send('PUT', '/v1/provider/profile', {
    name: 'Late Ltd',
    country: 'DE',
    support: 'https://late.example',
  })
  const { id } = (await add(provider, own, await picture())).body
  const content = {
    ...empty,
    description: '# Why\n\n- one\n- two',
    screenshots: [{ image: id, alt: 'The queue' }],
    links: [{ label: 'Docs', url: 'https://late.example/docs' }],
    questions: [{ question: 'Is it `safe`?', answer: 'It *is*.' }],
  }
  const preview = (await provider.post(`${own}/preview`, { content })).body
  await provider.send('PUT', `${own}/draft`, { content })
  await provider.post(`${own}/publication`, { version: 1 })
  const seen = (await operator.get(publicPath(own))).body
  expect({ ...seen, number: null, publishedAt: null }).toEqual(preview)
  expect(seen.publisher).toEqual({ name: 'Late Ltd', country: 'DE' })
  expect(seen.support.href).toBe('https://late.example')
})

test('a description brings no script, no image from outside and no link that vouches', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const own = await service(provider)
  const description = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '![seen](https://track.example/pixel.png)',
    '[a](javascript:alert(1)) [b](data:text/html,x) [c](http://plain.example) [d](https://fine.example "t")',
    '<https://auto.example>',
    '[e]: javascript:alert(1)\n\n[e]',
  ].join('\n\n')
  const { descriptionHtml } = (await provider.post(`${own}/preview`, { content: { ...empty, description } }))
    .body
  expect(descriptionHtml).not.toMatch(/<(script|img|iframe)/i)
  expect(descriptionHtml).not.toMatch(/href="(?!https:)/)
  const links = descriptionHtml.match(/<a [^>]*>/g) as string[]
  expect(links.length).toBeGreaterThan(0)
  for (const link of links) expect(link).toContain('rel="nofollow noopener noreferrer ugc"')
})

test('headings of a description stand below those of the page, and leave no level out', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const own = await service(provider)
  const description = '#### deep\n\n## wide\n\n#### deep again\n\n###### deepest'
  const { descriptionHtml } = (await provider.post(`${own}/preview`, { content: { ...empty, description } }))
    .body
  expect(descriptionHtml.match(/<h\d>[a-z ]+<\/h\d>/g)).toEqual([
    '<h3>deep</h3>',
    '<h3>wide</h3>',
    '<h4>deep again</h4>',
    '<h5>deepest</h5>',
  ])
})

test('an image is made anew: what else its file held is gone, and it cannot run', async ({
  platform,
  operator,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const own = await service(provider)
  const given = await picture(3_000, 1_000)
  expect(given.includes('Analytical Road')).toBe(true)
  const added = (await add(provider, own, Buffer.concat([given, Buffer.from('<script>alert(1)</script>')])))
    .body
  expect(added).toMatchObject({ width: 1_600, height: 533 })
  expect((await operator.get(added.url)).status).toBe(404)
  const answer = await platform.app.request(added.url, { headers: { cookie: provider.cookie } })
  expect(answer.headers.get('content-type')).toBe('image/webp')
  expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  const bytes = Buffer.from(await answer.arrayBuffer())
  expect(bytes.includes('Analytical Road') || bytes.includes('<script>')).toBe(false)
  expect((await sharp(bytes).metadata()).exif).toBeUndefined()
  const content = { ...empty, screenshots: [{ image: added.id, alt: 'The queue' }] }
  await provider.send('PUT', `${own}/draft`, { content })
  await provider.post(`${own}/publication`, { version: 1 })
  expect((await operator.get(added.url)).status).toBe(200)
})

test('who works for several organisations sees the pictures of their own drafts from each', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const person = await signUpOperator(platform.app)
  const own = await service(provider)
  const { url } = (await add(provider, own, await picture())).body
  expect((await person.get(url)).status).toBe(404)
  const invitation = await provider.post('/v1/invitations', { email: person.email, role: 'viewer' })
  await person.post('/v1/invitations/accept', { secret: invitation.body.secret })
  expect((await person.get(url)).status).toBe(200)
})

test('what is no picture, too small, or of another kind is refused with how to mend it', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const own = await service(provider)
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800"/>')
  const gif = await sharp({ create: { width: 800, height: 800, channels: 3, background: 'red' } })
    .gif()
    .toBuffer()
  for (const image of [svg, gif, Buffer.from('nothing'), await picture(100, 100)]) {
    const answer = await add(provider, own, image)
    expect(answer.status).toBe(422)
    expect(answer.body.errors[0]).toMatchObject({
      pointer: '/image',
      detail: expect.stringMatching(/export|give/),
    })
  }
  const huge = await sharp({ create: { width: 5_000, height: 4_000, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  expect((await add(provider, own, huge)).status).toBe(422)
})

test('a draft that somebody else changed meanwhile is not written over or published unseen', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const own = await service(provider)
  const say = (description: string, version: number | null) =>
    provider.send('PUT', `${own}/draft`, { content: { ...empty, description }, version })
  const [first, second] = await Promise.all([say('one', null), say('two', null)])
  expect([first.status, second.status].toSorted()).toEqual([200, 409])
  await say('three', 1)
  expect((await provider.post(`${own}/publication`, { version: 1 })).status).toBe(409)
  expect((await provider.post(`${own}/publication`, { version: 2 })).status).toBe(201)
})

test('every published text is kept, and an earlier one can become the draft again', async ({ platform }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const own = await service(provider)
  for (const description of ['one', 'two']) {
    await provider.send('PUT', `${own}/draft`, { content: { ...empty, description } })
    await provider.post(`${own}/publication`, { version: 1 })
  }
  const versions = (await provider.get(`${own}/versions`)).body.items
  expect(versions.map((one: { number: number; isCurrent: boolean }) => [one.number, one.isCurrent])).toEqual([
    [2, true],
    [1, false],
  ])
  const restored = (await provider.post(`${own}/versions/1/restore`)).body
  expect(restored).toMatchObject({
    origin: 'draft',
    content: { description: 'one' },
    published: { number: 2 },
  })
  expect((await provider.send('DELETE', `${own}/draft`)).status).toBe(204)
  expect((await provider.send('DELETE', `${own}/draft`)).status).toBe(404)
  const audit = (await provider.get('/v1/audit')).body.items.map((entry: { action: string }) => entry.action)
  expect(audit).toContain('listing.publish')
})

test('a listing is its provider’s alone to write, and a viewer only reads it', async ({
  platform,
  operator,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const other = await signUpOperator(platform.app, 'provider')
  const own = await service(provider)
  const draft = { content: empty }
  for (const stranger of [other, operator]) {
    expect((await stranger.get(own)).status).toBeGreaterThanOrEqual(403)
    expect((await stranger.send('PUT', `${own}/draft`, draft)).status).toBeGreaterThanOrEqual(403)
  }
  const { id } = (await add(provider, own, await picture())).body
  const theirs = await service(other)
  const stolen = { ...empty, screenshots: [{ image: id, alt: 'Not mine' }] }
  const refused = await other.send('PUT', `${theirs}/draft`, { content: stolen })
  expect(refused.body.errors[0].pointer).toBe('/content/screenshots/0/image')
  const viewer = await join(platform.app, provider, 'viewer')
  expect((await viewer.get(own)).status).toBe(200)
  expect((await viewer.send('PUT', `${own}/draft`, draft)).status).toBe(403)
  expect((await viewer.post(`${own}/images`, { image: 'AAAA' })).status).toBe(403)
})

test('what is not right in a listing is refused where it stands', async ({ platform }) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const own = await service(provider)
  const wrong = {
    ...empty,
    description: 'seemingly \u202E safe',
    support: 'ask around',
    links: [{ label: 'x', url: 'http://plain.example' }],
  }
  const answer = await provider.send('PUT', `${own}/draft`, { content: wrong })
  expect(answer.status).toBe(422)
  expect(answer.body.errors.map((error: { pointer: string }) => error.pointer).toSorted()).toEqual([
    '/content/description',
    '/content/links/0/url',
    '/content/support',
  ])
})

test('before its first release a service has a listing to write, and its provider says who they are', async ({
  platform,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  const name = String(manifestOf({ service: 'not-yet-released' })['service'])
  await provider.post('/v1/provider/services', { service: name })
  expect((await provider.get(`/v1/provider/services/${name}/listing`)).body).toMatchObject({
    fixed: null,
    origin: 'manifest',
  })
  expect((await provider.get('/v1/provider/profile')).body).toMatchObject({ country: null, support: null })
  const manager = await join(platform.app, provider, 'manager')
  const change = { name: 'Late Ltd', country: 'DE', support: 'help@late.example' }
  expect((await manager.send('PUT', '/v1/provider/profile', change)).status).toBe(403)
  expect((await provider.send('PUT', '/v1/provider/profile', change)).body).toMatchObject(change)
  expect((await provider.get('/v1/me')).body.organisation.name).toBe('Late Ltd')
})
