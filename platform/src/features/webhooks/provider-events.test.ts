import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { asAdmin, openOffice, remindAll } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { signUpOperator } from '../../../test/people.ts'
import { openMarket, upTo, type Market } from '../../../test/telling.ts'
import { takeTold } from '../../../test/told.ts'
import { allJobs } from '../../jobs/all.ts'

/** A TypeID, and the UUID that it stands for. */
const bothForms = (id: string) => [id, decodeId(id.slice(0, id.indexOf('_')), id)]

test('an endpoint of a provider that asks for everything hears of no operator, business, subscription, execution or action', async ({
  platform,
  operator,
}) => {
  const provider = await signUpOperator(platform.app, 'provider')
  await provider.post('/v1/webhook-endpoints', { url: 'http://127.0.0.1:20001/hook', events: ['*'] })
  const office = await openOffice(platform, operator, { provider, body: remindAll })
  const execution = await office.run()
  const { items: actions } = (await operator.get('/v1/actions')).body
  expect(actions.length).toBeGreaterThan(1)
  const decide = (action: { id: string; version: string }, decision: object) =>
    operator.post(`/v1/actions/${action.id}/decision`, { version: action.version, ...decision })
  await decide(actions[0], { decision: 'approve' })
  await decide(actions[1], { decision: 'reject', reason: { code: 'other' } })
  const subscription = `/v1/subscriptions/${office.subscription}`
  await operator.send('PUT', `${subscription}/review`, { stars: 2, words: 'It reminds too often.' })
  await operator.post(`${subscription}/messages`, { words: 'When will it read bills as well?' })
  await operator.post(`${subscription}/pause`)
  await operator.send('DELETE', subscription)
  const { service } = office.published
  await provider.post(`/v1/provider/services/${service}/listing/versions/1/restore`)
  await provider.send('PATCH', `/v1/provider/services/${service}`, { visibility: 'unlisted' })
  for (const { name } of allJobs.filter((job) => job.name.endsWith('-tell')))
    await takeTold(platform, name, provider)

  const rows = await asAdmin<{ event: string; body: string }[]>(
    platform,
    'select event, body from bizq.webhook_deliveries where organisation_id = $1 order by id',
    [decodeId('org', provider.organisation)],
  )
  const types = rows.map(({ event }) => event)
  expect(types).toEqual(expect.arrayContaining(['release.submitted', 'release.published', 'service.shown']))
  expect(types).toContain('message.from-subscriber')
  for (const kind of ['subscription.', 'execution.', 'action.', 'import.', 'organisation.'])
    expect(types.filter((type) => type.startsWith(kind))).toEqual([])
  const me = (await operator.get('/v1/me')).body
  const ids = [
    operator.organisation,
    me.user.id,
    office.business,
    office.subscription,
    execution.id,
    ...actions.map(({ id }: { id: string }) => id),
  ]
  const sent = rows.map(({ body }) => body).join('\n')
  for (const id of ids.flatMap(bothForms)) expect(sent).not.toContain(id)
  for (const word of [operator.email, 'Harbour Gifts', 'Robin Test']) expect(sent).not.toContain(word)
})

test('a provider hears of new figures when five subscribers or more stand behind them', async ({
  platform,
}) => {
  const heard = async (market: Market, subscribers: number) => {
    await market.ran(upTo(subscribers).map((by) => ({ by, daysAgo: 3 })))
    await market.close()
    return asAdmin<{ payload: object }[]>(
      platform,
      `select payload from bizq.events where type = 'figures.told' and organisation_id = $1`,
      [decodeId('org', market.provider.organisation)],
    )
  }
  expect(await heard(await openMarket(platform), 4)).toEqual([])
  const told = await heard(await openMarket(platform), 5)
  expect(told).toEqual([
    {
      payload: { service: expect.stringMatching(/^svc_/), until: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
    },
  ])
})
