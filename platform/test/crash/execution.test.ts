import { decodeId } from '@bizq/sdk/contract'
import { expect, test } from 'vitest'
import { openOffice, remindAll } from '../executions.ts'
import { openBase } from './base.ts'
import { openGround, until, type Ground } from './ground.ts'
import { stepThrough, tellCut, type Story } from './step-through.ts'
import { callAs, countUndoneJobs, countWholeLog, type Holder } from './whole.ts'

interface Given extends Holder {
  execution: string
  subscription: string
}

const job = 'executions.run'

async function openStory(ground: Ground): Promise<Story<Given>> {
  const { base, given } = await openBase(ground, async (platform, operator) => {
    const office = await openOffice(platform, operator, { body: remindAll })
    return { execution: (await office.latest()).id as string, subscription: office.subscription }
  })
  return { role: 'worker', job, base, given, tell, goOn, check }
}

/** Nothing is told to it: the job waits in the queue. */
const tell: Story<Given>['tell'] = async (_given, { look }) => {
  await until(async () => (await countUndoneJobs(look, job)) === 0)
}

const goOn: Story<Given>['goOn'] = async ({ execution, ...holder }, platform) => {
  const call = callAs(platform, holder)
  await until(async () => (await call('GET', `/v1/executions/${execution}`)).body.state === 'succeeded')
  await until(async () => (await countUndoneJobs(platform.look, job)) === 0)
}

const check: Story<Given>['check'] = async ({ execution, subscription, ...holder }, platform) => {
  const call = callAs(platform, holder)
  const { items } = (await call('GET', `/v1/actions?execution=${execution}`)).body
  expect(items).toHaveLength(2)
  expect((await call('GET', `/v1/subscriptions/${subscription}/disclosures`)).body.items).toHaveLength(1)
  const told = await platform.look('select outcome from bizq.provider_executions')
  expect(told).toEqual([{ outcome: 'succeeded' }])
  const events = await platform.look<{ type: string }>(
    `select type from bizq.events where organisation_id = $1 and type in ('execution.finished', 'action.proposed')`,
    [decodeId('org', holder.organisation)],
  )
  expect(events.map(({ type }) => type).sort()).toEqual([
    'action.proposed',
    'action.proposed',
    'execution.finished',
  ])
  expect(await countWholeLog(platform, holder)).toMatchObject({
    'execution.queue': 1,
    'grant.read': 1,
    'execution.finish': 1,
  })
}

test('a worker that dies after any message of a run, from claim to settling, leaves a run that is settled once', async () => {
  const ground = await openGround()
  try {
    const cases = await stepThrough(ground, await openStory(ground), { ports: [0, 0, 0, 0] })
    const uncut = cases.filter((each) => each.cutAt > 0 && !each.wasCut)
    console.log(`${cases.length - 2} messages, ${uncut.length} of them not reached`)
    expect(cases.length).toBeGreaterThan(40)
    // Jobs of the clock may fall into both counts, and not into a case.
    expect(uncut.length).toBeLessThan(cases.length / 5)
  } finally {
    await ground.close()
  }
}, 1_800_000)

test('without help, what a dead worker held is taken up as soon as its heartbeat is missed', async () => {
  const ground = await openGround()
  try {
    const story = await openStory(ground)
    const cut = await tellCut(ground, story, 20, 0, { isQueueAged: false })
    expect(cut).toMatchObject({ wasCut: true, count: 20 })
  } finally {
    await ground.close()
  }
}, 120_000)
