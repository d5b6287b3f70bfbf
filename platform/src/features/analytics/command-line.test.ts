import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished } from 'vitest'
import { openOffice, throwing } from '../../../test/executions.ts'
import { test } from '../../../test/harness.ts'
import { linesOf } from '../../../test/telling.ts'
import { findFreePort } from '../../db/postgres.ts'
import { startServer } from '../../server.ts'

const command = join(import.meta.dirname, '../../../../sdk/cli/src/main.ts')

interface Said {
  id: string
  outcome: string
  error: { name: string } | null
  log: string | null
}

test('bizq logs shows what a service came to on the platform, shared log text, and what comes while it follows', async ({
  platform,
  operator,
}) => {
  const office = await openOffice(platform, operator, { body: throwing('RangeError') })
  const execution = await office.run()
  await operator.send('PUT', `/v1/executions/${execution.id}/shared-log`)
  await linesOf(office.provider, `/v1/provider/services/${office.published.service}/executions`)
  const made = await office.provider.post('/v1/tokens', {
    name: 'ci',
    scopes: ['releases:write'],
    role: 'viewer',
  })

  const server = await startServer(platform.app, { host: '127.0.0.1', port: await findFreePort() })
  const children: ChildProcess[] = []
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL')
    await server.close()
  })
  const bizq = (...args: string[]) => {
    const url = `http://127.0.0.1:${server.port}`
    const child = spawn(process.execPath, [command, ...args, '--platform', url, '--json'], {
      env: { PATH: process.env['PATH'], BIZQ_TOKEN: made.body.secret },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    const said: Said[] = []
    const ended = (async () => {
      for await (const line of createInterface({ input: child.stdout })) said.push(JSON.parse(line) as Said)
    })()
    return { said, ended }
  }

  const once = bizq('logs', office.published.service)
  await once.ended
  const first = { outcome: 'failed', error: { name: 'RangeError' }, log: 'before\n' }
  expect(once.said).toMatchObject([first])

  const follower = bizq('logs', office.published.service, '--follow', '--interval', '0.2')
  await expect.poll(() => follower.said.length, { timeout: 20_000 }).toBe(1)
  await office.run()
  await expect.poll(() => follower.said.length, { timeout: 20_000 }).toBe(2)
  expect(follower.said).toMatchObject([first, { outcome: 'failed', log: null }])
})
