import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { addBusiness, signInAt, signUpAt } from './caller.ts'
import {
  descendantsOf,
  looksOf,
  newHome,
  run,
  startInstallation,
  untilGone,
  untilReady,
  type RunningInstallation,
} from './installation.ts'
import { testMasterKey } from './master-key.ts'

const otherKey = '11'.repeat(32)

describe('an installation of one folder', { timeout: 600_000 }, () => {
  let place: Awaited<ReturnType<typeof newHome>>
  let running: RunningInstallation
  let email: string
  let home: string

  beforeAll(async () => {
    place = await newHome()
    home = place.home
    running = await startInstallation({ BIZQ_HOME: home })
  }, 300_000)
  afterAll(async () => {
    await running.end('SIGTERM')
    await place.remove()
  })

  async function endsWhole(signal: NodeJS.Signals): Promise<void> {
    const children = await descendantsOf(running.process.pid ?? 0)
    expect(children.length).toBeGreaterThan(3)
    expect(await running.end(signal)).toBe(0)
    await untilGone(children)
    for (const name of ['control.json', 'bizq.pid', 'postgres/postmaster.pid'])
      expect(existsSync(join(home, name)), name).toBe(false)
  }

  test('serves the API and takes sign-ups on one port', async () => {
    const owner = await signUpAt(running.url)
    email = owner.email
    expect((await addBusiness(owner, 'Harbour Gifts')).status).toBe(201)
    expect(running.output()).toContain(`${running.url}/`)
  })

  test('keeps its secrets to its own user', async () => {
    for (const name of ['master.key', 'control.json', 'installation.json'])
      expect((await stat(join(home, name))).mode & 0o077, name).toBe(0)
  })

  test('writes durably', async () => {
    const settings = readFileSync(join(home, 'postgres/postmaster.opts'), 'utf8')
    expect(settings).toContain('postgres')
    expect(settings).not.toMatch(/fsync|synchronous_commit|full_page_writes/)
  })

  test('a second one on the same folder is refused and changes nothing', async () => {
    const { code, output } = await run('start', { BIZQ_HOME: home, PORT: String(running.port + 1) })
    expect(code).toBe(1)
    expect(output).toContain(`Another BizQ (process ${running.process.pid}) is running on ${home}`)
    expect((await fetch(`${running.url}/readyz`)).status).toBe(200)
  })

  test('serves again after its database was killed', async () => {
    const postmaster = Number(readFileSync(join(home, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
    process.kill(postmaster, 'SIGKILL')
    await untilGone([postmaster])
    await untilReady(running.url)
    const owner = await signInAt(running.url, email)
    expect((await owner.send('GET', '/v1/businesses')).body.items).toHaveLength(1)
  })

  test('replaces a worker that dies', async () => {
    const workers = async () => {
      const pids = await descendantsOf(running.process.pid ?? 0)
      return pids.filter((pid) => commandOf(pid).includes('main.ts'))
    }
    const [before = 0] = await workers()
    process.kill(before, 'SIGKILL')
    await expect.poll(workers, { timeout: 120_000 }).toEqual([expect.not.toSatisfy((pid) => pid === before)])
  })

  test('Ctrl-C ends it and everything it started, and the next start has the data', async () => {
    await endsWhole('SIGINT')

    running = await startInstallation({ BIZQ_HOME: home })
    const owner = await signInAt(running.url, email)
    expect((await owner.send('GET', '/v1/businesses')).body.items).toMatchObject([{ name: 'Harbour Gifts' }])
  })

  test('takes over what a killed one left behind', async () => {
    const children = await descendantsOf(running.process.pid ?? 0)
    await running.end('SIGKILL')
    running = await startInstallation({ BIZQ_HOME: home })
    await untilGone(children)
    const owner = await signInAt(running.url, email)
    expect((await owner.send('GET', '/v1/businesses')).body.items).toHaveLength(1)
  })

  test('SIGTERM ends it and everything it started', async () => {
    await endsWhole('SIGTERM')
  })

  describe('stopped', () => {
    async function refusal(values: Record<string, string> = {}): Promise<string> {
      const before = await looksOf(home)
      const { code, output } = await run('start', { BIZQ_HOME: home, PORT: String(running.port), ...values })
      expect(code).toBe(1)
      expect(await looksOf(home)).toEqual(before)
      expect(output).toContain('Nothing was changed.')
      expect(output).not.toMatch(/\n\s+at /)
      return output
    }

    test('is not started on a taken port', async () => {
      const other = createServer().listen(0, '127.0.0.1')
      await once(other, 'listening')
      const { port } = other.address() as AddressInfo
      expect(await refusal({ PORT: String(port) })).toContain(`Port ${port} on 127.0.0.1 is taken`)
      other.close()
    })

    test('is not started on data of a newer version', async () => {
      const file = join(home, 'installation.json')
      const right = await readFile(file, 'utf8')
      await writeFile(file, right.replace(/"schema": "[^"]*"/, '"schema": "9999_from-the-future"'))
      expect(await refusal()).toContain('written by a newer version of BizQ (it has 9999_from-the-future')
      await writeFile(file, right)
    })

    test('is not started without its master key, or with another', async () => {
      const file = join(home, 'master.key')
      await rename(file, `${file}.away`)
      expect(await refusal()).toContain(`The master key of the data in ${home} is missing`)
      expect(await refusal({ BIZQ_MASTER_KEY: otherKey })).toContain('not the one of the data')
      await rename(`${file}.away`, file)
    })

    test('starts with its master key from the environment, and never mixes the demo into what is there', async () => {
      const file = join(home, 'master.key')
      const key = (await readFile(file, 'utf8')).trim()
      await rename(file, `${file}.away`)
      running = await startInstallation({ BIZQ_HOME: home, BIZQ_MASTER_KEY: key, BIZQ_DEMO: '1' })
      const owner = await signInAt(running.url, email)
      expect(existsSync(file)).toBe(false)
      expect((await owner.send('GET', '/v1/services')).body.items).toEqual([])
      expect(existsSync(join(home, 'demo-sign-ins.json'))).toBe(false)
    })
  })
})

describe('an installation on a Postgres that was given', { timeout: 600_000 }, () => {
  let place: Awaited<ReturnType<typeof newHome>>
  let url: string
  const admin = () => new Client({ connectionString: inject('postgresUrl') })
  const database = `given_${randomUUID().replaceAll('-', '')}`

  beforeAll(async () => {
    place = await newHome()
    const client = admin()
    await client.connect()
    await client.query(`create database ${database}`)
    await client.end()
    const address = new URL(inject('postgresUrl'))
    address.pathname = `/${database}`
    url = address.toString()
  })
  afterAll(async () => {
    await place.remove()
    const client = admin()
    await client.connect()
    await client.query(`drop database ${database} with (force)`)
    await client.end()
  })

  test('is refused with another master key, and changes nothing', async () => {
    const { home } = place
    const { code, output } = await run('start', {
      BIZQ_HOME: home,
      DATABASE_URL: url,
      BIZQ_MASTER_KEY: otherKey,
    })
    expect(code).toBe(1)
    expect(output).toContain('its bizq roles have other passwords')
    expect(existsSync(home)).toBe(false)
  })

  test('is refused when it does not answer', async () => {
    const { code, output } = await run('start', {
      BIZQ_HOME: place.home,
      DATABASE_URL: 'postgres://nobody@127.0.0.1:9/nothing',
    })
    expect(code).toBe(1)
    expect(output).toContain('127.0.0.1:9/nothing, which cannot be used')
    expect(existsSync(place.home)).toBe(false)
  })

  test('runs on it, starts no Postgres, and leaves its backup to it', async () => {
    const { home } = place
    await mkdir(home)
    const values = { BIZQ_HOME: home, DATABASE_URL: url, BIZQ_MASTER_KEY: testMasterKey }
    const running = await startInstallation(values)
    const owner = await signUpAt(running.url)
    expect((await addBusiness(owner, 'Harbour Gifts')).status).toBe(201)
    expect(existsSync(join(home, 'postgres'))).toBe(false)

    const backup = await run('bizq', {}, 'backup', join(home, 'copy.tar.gz'), '--home', home)
    expect(backup).toMatchObject({ code: 1, output: expect.stringContaining('DATABASE_URL') })
    expect(await running.end('SIGTERM')).toBe(0)

    const newer = new Client({ connectionString: url })
    await newer.connect()
    await newer.query("insert into migrations.kysely_migration values ('9999_from-the-future', now()::text)")
    await newer.end()
    const { code, output } = await run('start', values)
    expect(code).toBe(1)
    expect(output).toContain('written by a newer version of BizQ (it has 9999_from-the-future')
  })
})

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
