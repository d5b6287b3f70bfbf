import { existsSync } from 'node:fs'
import { copyFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addBusiness, signInAt, signUpAt, type Caller } from './caller.ts'
import { newHome, run, startInstallation, type RunningInstallation } from './installation.ts'

let place: Awaited<ReturnType<typeof newHome>>
let target: Awaited<ReturnType<typeof newHome>>
let running: RunningInstallation
let owner: Caller
let file: string

beforeAll(async () => {
  place = await newHome()
  target = await newHome()
  file = join(place.home, '../copy.tar.gz')
  running = await startInstallation({ BIZQ_HOME: place.home })
  owner = await signUpAt(running.url)
}, 300_000)
afterAll(async () => {
  await running.end('SIGTERM')
  await place.remove()
  await target.remove()
})

async function namesAt(caller: Caller): Promise<string[]> {
  const answer = await caller.send<{ items: { name: string }[] }>('GET', '/v1/businesses?limit=100')
  return answer.body.items.map(({ name }) => name)
}

const openSetup = async (caller: Caller): Promise<number> =>
  (await caller.send('POST', '/v1/billing/payment-method', { returnTo: '/billing' })).status

/** A plan whose first invoice waits at the simulator, since there is no card. */
async function choosePlan(caller: Caller): Promise<void> {
  expect((await caller.send('PUT', '/v1/billing/plan', { plan: 'starter' })).status).toBe(200)
  expect(await openSetup(caller)).toBe(200)
  expect((await caller.send('POST', '/v1/billing/test-clock/advance', { days: 14 })).status).toBe(200)
}

/** Adds businesses until told to stop; answers the names that were confirmed. */
function keepWriting(): { stop(): Promise<string[]>; confirmed: string[] } {
  const confirmed: string[] = []
  let isStopping = false
  const writing = (async () => {
    while (!isStopping && confirmed.length < 90) {
      const name = `Business ${confirmed.length}`
      if ((await addBusiness(owner, name)).status === 201) confirmed.push(name)
    }
  })()
  return {
    confirmed,
    stop: async () => {
      isStopping = true
      await writing
      return confirmed
    },
  }
}

test('a running installation is backed up while it writes, and restored into an empty folder', async () => {
  const writer = keepWriting()
  await expect.poll(() => writer.confirmed.length, { timeout: 120_000 }).toBeGreaterThan(2)
  const before = [...writer.confirmed]
  await choosePlan(owner)
  const backup = await run('bizq', {}, 'backup', file, '--home', place.home)
  expect(backup).toMatchObject({ code: 0, output: expect.stringContaining('The master key is not in it') })
  const after = await writer.stop()
  expect((await stat(file)).mode & 0o077).toBe(0)
  await running.end('SIGTERM')

  expect(await run('bizq', { BIZQ_HOME: target.home }, 'restore', file)).toMatchObject({ code: 0 })
  expect((await readdir(target.home)).sort()).toEqual([
    'installation.json',
    'postgres',
    'stripe-simulator.sqlite',
  ])
  const keyless = await run('start', { BIZQ_HOME: target.home })
  expect(keyless).toMatchObject({ code: 1, output: expect.stringContaining('master key') })
  await copyFile(join(place.home, 'master.key'), join(target.home, 'master.key'))

  running = await startInstallation({ BIZQ_HOME: target.home })
  const returned = await signInAt(running.url, owner.email)
  const names = await namesAt(returned)
  expect(names).toEqual(expect.arrayContaining(before))
  expect(after).toEqual(expect.arrayContaining(names))
  // The simulator that was restored knows the customer, and the ledger agrees with it object by object.
  expect(await openSetup(returned)).toBe(200)
  expect(await run('verify:ledger', { BIZQ_HOME: target.home })).toMatchObject({
    code: 0,
    output: expect.stringContaining('SOUND'),
  })
  const log = await returned.send<string>('GET', '/v1/audit/export')
  await writeFile(join(target.home, 'audit.jsonl'), log.body)
  const keys = `${running.url}/.well-known/jwks.json`
  const verdict = await run('verify:audit', {}, join(target.home, 'audit.jsonl'), '--keys', keys)
  expect(verdict).toMatchObject({ code: 0, output: expect.stringContaining('WHOLE') })
  expect(Number(/^(\d+) entries/.exec(verdict.output)?.[1])).toBeGreaterThanOrEqual(names.length)
  owner = returned
}, 600_000)

test('a backup is whole or not at all', async () => {
  const whole = join(place.home, '../whole.tar.gz')
  const backup = await run('bizq', {}, 'backup', whole, '--home', target.home, '--with-key')
  expect(backup).toMatchObject({ code: 0, output: expect.stringContaining('The master key is in it') })
  expect(await readdir(join(whole, '..'))).not.toContain('whole.tar.gz.part')

  await truncate(whole, Math.floor((await stat(whole)).size * 0.7))
  const empty = join(place.home, '../empty')
  const broken = await run('bizq', {}, 'restore', whole, '--home', empty)
  expect(broken).toMatchObject({ code: 1, output: expect.stringContaining('cannot be restored') })
  expect(existsSync(empty)).toBe(false)
}, 300_000)

test('a folder that holds anything is not restored into, and a file is not written over', async () => {
  const before = await readFile(join(target.home, 'installation.json'))
  const restored = await run('bizq', {}, 'restore', file, '--home', target.home)
  expect(restored).toMatchObject({ code: 1, output: expect.stringContaining('is not empty') })
  expect(await readFile(join(target.home, 'installation.json'))).toEqual(before)
  const backup = await run('bizq', {}, 'backup', file, '--home', target.home)
  expect(backup).toMatchObject({ code: 1, output: expect.stringContaining('is there already') })
})

test('only who can read the data folder may make a backup, or invite to run the marketplace', async () => {
  const { port } = JSON.parse(await readFile(join(target.home, 'control.json'), 'utf8')) as { port: number }
  for (const path of ['backup', 'invite-owner?email=a@example.test'])
    for (const authorization of ['', 'Bearer x', `Bearer ${'0'.repeat(64)}`]) {
      const headers = { authorization }
      const answer = await fetch(`http://127.0.0.1:${port}/${path}`, { method: 'POST', headers })
      expect(answer.status).toBe(401)
    }
})

test('who runs the installation invites its first administrator, by address', async () => {
  const invited = await run('bizq', {}, 'invite-owner', owner.email, '--home', target.home)
  const secret = /secret=([\w-]+)/.exec(invited.output)?.[1]
  expect(invited.code).toBe(0)
  const again = await signInAt(running.url, owner.email)
  const joined = await again.send<{ kind: string }>('POST', '/v1/invitations/accept', { secret })
  expect(joined).toMatchObject({ status: 200, body: { kind: 'platform' } })
  const nobody = await run('bizq', {}, 'invite-owner', 'nobody', '--home', target.home)
  expect(nobody).toMatchObject({ code: 1, output: expect.stringContaining('is no e-mail address') })
})

test('nothing is backed up where nothing runs', async () => {
  const nowhere = await run('bizq', {}, 'backup', `${file}.2`, '--home', place.home)
  expect(nowhere).toMatchObject({ code: 1, output: expect.stringContaining('No BizQ is running') })
})
