import { decodeId } from '@bizq/sdk/contract'
import { expect, test } from 'vitest'
import { findFreePort } from '../../src/db/postgres.ts'
import { actionId, addBill, inDays, openDesk } from '../proposals.ts'
import { openBase } from './base.ts'
import { openGround, until, type Ground, type Look } from './ground.ts'
import { stepThrough, type Story } from './step-through.ts'
import { callAs, countUndoneJobs, countWholeLog, type Holder } from './whole.ts'

interface Given extends Holder {
  action: string
  version: string
  bill: string
  business: string
}

const job = 'actions.carry-out'
const [dueBefore, dueAfter] = [inDays(3), inDays(10)]

async function openStory(ground: Ground): Promise<Story<Given>> {
  const { base, given } = await openBase(ground, async (platform, operator) => {
    const desk = await openDesk(platform, operator)
    const bill = await addBill(desk, { dueAt: dueBefore })
    const { actions } = await desk.propose([{ parameters: { bill, dueAt: dueAfter } }])
    const { id, version } = (await operator.get(`/v1/actions/${actionId(actions[0] ?? '')}`)).body
    return { action: id as string, version: version as string, bill, business: desk.business }
  })
  return { role: 'both', job, base, given, tell, goOn, check }
}

async function stateOf(look: Look, action: string): Promise<string> {
  const [row] = await look<{ state: string }>('select state from bizq.actions where id = $1', [
    decodeId('act', action),
  ])
  return row?.state ?? ''
}

/** Whether nothing waits in any queue: what an effect sets off is over. */
async function isIdle(look: Look): Promise<boolean> {
  const [row] = await look<{ count: number }>(
    `select count(*)::int as count from pgboss.job where state in ('created', 'retry', 'active') and start_after <= now()`,
  )
  return row?.count === 0
}

interface Request {
  path: string
  body: object
  key: string
}

const requestsOf = ({ action, version }: Given): { decide: Request; undo: Request } => ({
  decide: {
    path: `/v1/actions/${action}/decision`,
    body: { decision: 'approve', version },
    key: 'decide-it-once',
  },
  undo: { path: `/v1/actions/${action}/undo`, body: {}, key: 'undo-it-once' },
})

const tell: Story<Given>['tell'] = async (given, { process, port, cutter, look }) => {
  await process.started
  const send = async ({ path, body, key }: Request) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${given.token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify(body),
    })
    if (response.status !== 200) throw new Error(`${path}: ${await response.text()}`)
  }
  const { decide, undo } = requestsOf(given)
  await send(decide)
  await until(async () => (await stateOf(look, given.action)) === 'applied' && (await isIdle(look)))
  cutter.resume()
  await send(undo)
  cutter.pause()
}

/** The client sends again what it has had no answer to, under the same key. */
const goOn: Story<Given>['goOn'] = async (given, platform) => {
  const call = callAs(platform, given)
  const { decide, undo } = requestsOf(given)
  expect((await call('POST', decide.path, decide.body, decide.key)).status).toBe(200)
  await until(async () => ['applied', 'undone'].includes(await stateOf(platform.look, given.action)))
  expect((await call('POST', undo.path, undo.body, undo.key)).status).toBe(200)
  await until(async () => (await countUndoneJobs(platform.look, job)) === 0)
}

const check: Story<Given>['check'] = async (given, platform) => {
  const call = callAs(platform, given)
  expect((await call('GET', `/v1/actions/${given.action}`)).body.state).toBe('undone')
  const bill = (await call('GET', `/v1/businesses/${given.business}/data/bills/${given.bill}`)).body
  expect(bill.dueAt).toBe(dueBefore)
  const rows = platform.look
  expect(await rows('select decision from bizq.decisions')).toEqual([{ decision: 'approve' }])
  expect(await rows('select state from bizq.effects')).toEqual([{ state: 'undone' }])
  expect(await rows('select kind, state from bizq.carry_overs')).toEqual([{ kind: 'do', state: 'dropped' }])
  expect(await rows('select outcome from bizq.provider_outcomes order by outcome')).toEqual([
    { outcome: 'accepted' },
    { outcome: 'undone' },
  ])
  const told = await rows(
    `select type, count(*)::int as count from bizq.events where type in ('action.decided', 'action.applied', 'action.undone') group by type order by type`,
  )
  expect(told).toEqual(
    ['action.applied', 'action.decided', 'action.undone'].map((type) => ({ type, count: 1 })),
  )
  expect(await countWholeLog(platform, given)).toMatchObject({
    'action.decide': 1,
    'action.apply': 1,
    'action.undo': 1,
  })
}

test('whatever message a process dies after, from decision to effect to undo, there is one decision, one effect and one undo', async () => {
  const ground = await openGround()
  try {
    const story = await openStory(ground)
    const ports = await Promise.all([1, 2, 3, 4].map(() => findFreePort()))
    const cases = await stepThrough(ground, story, { ports })
    const uncut = cases.filter((each) => each.cutAt > 0 && !each.wasCut)
    console.log(`${cases.length - 2} messages, ${uncut.length} of them not reached`)
    expect(cases.length).toBeGreaterThan(50)
    expect(uncut.length).toBeLessThan(cases.length / 10)
  } finally {
    await ground.close()
  }
}, 2_400_000)
