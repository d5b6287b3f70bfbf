import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migrate, prepareDatabase } from '../../src/db/migrate.ts'
import { findFreePort, startPostgres, type RunningPostgres } from '../../src/db/postgres.ts'
import { allJobs } from '../../src/jobs/all.ts'
import { openKeyring } from '../../src/keyring.ts'
import { testMasterKey } from '../master-key.ts'
import { signUpOperator } from '../people.ts'
import { actionId, addBill, inDays, openDesk } from '../proposals.ts'
import { environmentOf, openLook, openRunning, until } from './ground.ts'
import { startProcess } from './process.ts'
import { countUndoneJobs, countWholeLog } from './whole.ts'

/** A Postgres as it runs in earnest: what was committed is on the disk. */
async function openDurable() {
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bizq-killed-'))
  await chmod(folder, 0o755)
  const port = await findFreePort()
  const start = () =>
    startPostgres({ folder: join(folder, 'data'), password: 'postgres', port, isDurable: true })
  return { start, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** Actions that wait for a decision, in a database of their own. */
async function prepare(postgres: RunningPostgres, count: number) {
  const keyring = openKeyring(testMasterKey)
  await prepareDatabase(postgres.url, keyring.password)
  await migrate(postgres.url, keyring.password('owner'), allJobs)
  const platform = await openRunning(postgres.url, { isWorker: false })
  const operator = await signUpOperator(platform.app)
  const token = (await operator.post('/v1/tokens', { name: 'crash', scopes: ['*'], role: 'owner' })).body
    .secret
  const desk = await openDesk(platform, operator)
  const actions: { id: string; version: string }[] = []
  for (let i = 0; i < count; i++) {
    const bill = await addBill(desk, { number: `P-${i}` })
    const proposed = await desk.propose([{ parameters: { bill, dueAt: inDays(10) } }])
    const { id, version } = (await operator.get(`/v1/actions/${actionId(proposed.actions[0] ?? '')}`)).body
    actions.push({ id, version })
  }
  await platform.close()
  return { holder: { organisation: operator.organisation, token: token as string }, actions }
}

test('when Postgres itself is killed and comes back, the same processes serve again, and every decision is made and carried out once', async () => {
  const durable = await openDurable()
  let postgres = await durable.start()
  const port = await findFreePort()
  const { holder, actions } = await prepare(postgres, 12)
  const running = startProcess('both', environmentOf(postgres.url, { PORT: String(port) }))
  try {
    await running.started
    const isReady = () =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ status }) => status === 200,
        () => false,
      )
    /** Sends a decision until it is answered, under one key. */
    const decide = ({ id, version }: (typeof actions)[number]) =>
      until(async () => {
        const response = await fetch(`http://127.0.0.1:${port}/v1/actions/${id}/decision`, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${holder.token}`,
            'content-type': 'application/json',
            'idempotency-key': `decide-${id}`,
          },
          body: JSON.stringify({ decision: 'approve', version }),
        })
        const isOver = response.status === 200
        if (!isOver && response.status < 500 && response.status !== 409)
          throw new Error(await response.text())
        return isOver
      })
    const decisions = actions.map(async (action, i) => {
      await new Promise((resolve) => setTimeout(resolve, 20 * i))
      await decide(action)
    })
    await decisions[2]
    postgres.process.kill('SIGKILL')
    await postgres.ended
    expect(await isReady()).toBe(false)
    postgres = await durable.start()
    await until(isReady)
    await Promise.all(decisions)

    const { look, close } = await openLook(postgres.url)
    await until(async () => {
      const [row] = await look<{ count: number }>(
        `select count(*)::int as count from bizq.actions where state = 'applied'`,
      )
      return row?.count === actions.length && (await countUndoneJobs(look, 'actions.carry-out')) === 0
    })
    const each = (table: string) =>
      look(`select action_id from bizq.${table} group by action_id having count(*) <> 1`)
    expect(await each('decisions')).toEqual([])
    expect(await each('effects')).toEqual([])
    expect(await each('carry_overs')).toEqual([])
    expect(running.child.exitCode).toBeNull()
    await close()

    const reader = await openRunning(postgres.url, { isWorker: false })
    const log = await countWholeLog(reader, holder)
    expect(log).toMatchObject({ 'action.decide': actions.length, 'action.apply': actions.length })
    await reader.close()
  } finally {
    running.kill()
    await running.ended
    await postgres.stop()
    await durable.remove()
  }
}, 180_000)
