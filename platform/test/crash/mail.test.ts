import { decodeId } from '@bizq/sdk/contract'
import { SMTPServer } from 'smtp-server'
import { expect, test } from 'vitest'
import { findFreePort } from '../../src/db/postgres.ts'
import { actionId, addInvoice, openDesk } from '../proposals.ts'
import { openBase } from './base.ts'
import { openGround, until, type Ground, type Look } from './ground.ts'
import { stepThrough, type Story } from './step-through.ts'
import { callAs, countUndoneJobs, countWholeLog, type Holder } from './whole.ts'

interface Given extends Holder {
  action: string
  invoice: string
  business: string
}

const job = 'actions.carry-out'

/** An approved reminder whose 30 seconds are over. */
async function openStory(ground: Ground): Promise<Story<Given>> {
  const { base, given } = await openBase(ground, async (platform, operator) => {
    const desk = await openDesk(platform, operator)
    const invoice = await addInvoice(desk)
    const { actions } = await desk.propose([{ type: 'invoice.remind', parameters: { invoice } }])
    const { id, version } = (await operator.get(`/v1/actions/${actionId(actions[0] ?? '')}`)).body
    const decided = await operator.post(`/v1/actions/${id}/decision`, { decision: 'approve', version })
    expect(decided.body.state).toBe('approved')
    await platform.look(`update pgboss.job set start_after = now() where name = $1`, [job])
    await platform.look(`update bizq.effects set held_until = now()`)
    return { action: id as string, invoice, business: desk.business }
  })
  return { role: 'worker', job, base, given, tell, goOn, check, openMailServer }
}

async function openMailServer() {
  const received: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        received.push(Buffer.concat(parts).toString())
        done()
      })
    },
  })
  server.on('error', () => {})
  const port = await findFreePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { port, received, close: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}

const tell: Story<Given>['tell'] = async (_given, { look }) => {
  await until(async () => (await countUndoneJobs(look, job)) === 0)
}

async function effectOf(look: Look): Promise<string> {
  const [effect] = await look<{ state: string }>('select state from bizq.effects')
  return effect?.state ?? ''
}

const goOn: Story<Given>['goOn'] = async (_given, platform) => {
  await until(async () => ['done', 'unknown'].includes(await effectOf(platform.look)))
  await until(async () => (await countUndoneJobs(platform.look, job)) === 0)
}

const check: Story<Given>['check'] = async (
  { action, invoice, business, ...holder },
  platform,
  { received },
) => {
  const call = callAs(platform, holder)
  const reminders = async () =>
    (await call('GET', `/v1/businesses/${business}/data/invoices/${invoice}`)).body.remindersSent
  const [mail, ...more] = (await call('GET', '/v1/outbox')).body.items
  expect(more).toEqual([])
  if ((await effectOf(platform.look)) === 'done') {
    expect(received).toHaveLength(1)
    expect(mail.state).toBe('sent')
  } else {
    expect(received.length).toBeLessThanOrEqual(1)
    expect(mail.state).toBe('unknown')
    expect(await reminders()).toBeNull()
    expect((await call('POST', `/v1/outbox/${mail.id}/arrived`, undefined, 'it-did-arrive')).status).toBe(200)
  }
  expect(await reminders()).toBe(1)
  expect((await call('GET', `/v1/actions/${action}`)).body.state).toBe('applied')
  const decisions = await platform.look('select decision from bizq.decisions where action_id = $1', [
    decodeId('act', action),
  ])
  expect(decisions).toEqual([{ decision: 'approve' }])
  expect(await countWholeLog(platform, holder)).toMatchObject({ 'action.decide': 1, 'action.apply': 1 })
}

test('whatever message a worker dies after, to Postgres or to the mail server, a mail is sent once or is shown as unknown, and never twice', async () => {
  const ground = await openGround()
  try {
    const cases = await stepThrough(ground, await openStory(ground), { ports: [0, 0, 0, 0] })
    const uncut = cases.filter((each) => each.cutAt > 0 && !each.wasCut)
    console.log(`${cases.length - 2} messages, ${uncut.length} of them not reached`)
    expect(cases.length).toBeGreaterThan(25)
    expect(cases.some(({ received }) => received.length === 0)).toBe(true)
    // Jobs of the clock may fall into both counts, and not into a case.
    expect(uncut.length).toBeLessThan(cases.length / 5)
  } finally {
    await ground.close()
  }
}, 1_800_000)
