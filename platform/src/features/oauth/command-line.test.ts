import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished } from 'vitest'
import { test } from '../../../test/harness.ts'
import { formOf, openBrowser } from '../../../test/oauth.ts'
import { signUpOperator } from '../../../test/people.ts'
import { findFreePort } from '../../db/postgres.ts'
import { startServer } from '../../server.ts'

const command = join(import.meta.dirname, '../../../../sdk/cli/src/main.ts')

test('bizq signs a provider in by the code that it shows, says who it is, and signs out', async ({
  platform,
}) => {
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}`
  platform.deps.config.publicUrl = url
  const server = await startServer(platform.app, { host: '127.0.0.1', port })
  const config = await mkdtemp(join(tmpdir(), 'bizq-sign-in-'))
  onTestFinished(async () => {
    await server.close()
    await rm(config, { recursive: true })
  })
  const bizq = async (args: string[], onLine: (line: Record<string, string>) => void = () => {}) => {
    const child = spawn(process.execPath, [command, ...args, '--platform', url, '--json'], {
      env: { PATH: process.env['PATH'], BIZQ_CONFIG: config },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines: Record<string, unknown>[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line) as Record<string, string>
      lines.push(said)
      onLine(said)
    }
    return lines.at(-1)
  }

  const provider = await signUpOperator(platform.app, 'provider')
  const node = { fetch: (to: string, options: RequestInit) => fetch(to, options) }
  const visit = async (given: { completeAddress: string; userCode: string }) => {
    const browser = openBrowser({ ...node, close: async () => {} }, provider, url)
    const page = await browser.visit(given.completeAddress)
    expect(page.text).toContain(`value="${given.userCode}"`)
    const enter = formOf(page.text)
    const confirm = formOf(
      (await browser.visit(enter.action, { ...enter.fields, user_code: given.userCode })).text,
    )
    const consent = formOf((await browser.visit(confirm.action, { ...confirm.fields, confirm: 'yes' })).text)
    const done = await browser.visit(consent.action, { ...consent.fields, decision: 'allow' })
    expect(done.text).toContain('Connected')
  }
  let visiting: Promise<void> | undefined
  const signedIn = await bizq(['login', '--no-open'], (line) => {
    if (line['event'] === 'code') visiting = visit(line as never)
  })
  await visiting
  expect(signedIn).toMatchObject({ event: 'signed-in', platform: url })
  expect(await bizq(['whoami'])).toMatchObject({
    organisation: { id: provider.organisation, kind: 'provider' },
    role: 'owner',
    scopes: ['releases:write', 'services:read'],
  })
  expect((await provider.get('/v1/consents')).body.items).toHaveLength(1)
  expect(await bizq(['logout'])).toMatchObject({ wasSignedIn: true })
  await expect.poll(async () => (await provider.get('/v1/consents')).body.items).toEqual([])
})
