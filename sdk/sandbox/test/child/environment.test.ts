import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findFences } from '../../src/fences.ts'
import { startLocked } from '../../src/locked-process.ts'
import { openStage } from '../../src/stage.ts'
import { findNoFences, probeChild } from '../harness.ts'

test.each([
  ['all that this machine offers', () => findFences()],
  ['nothing but node itself', findNoFences],
])('a child with %s has no environment but UTC, no inspector, no code from text', async (_, find) => {
  process.env['SANDBOX_TEST_SECRET'] = 'hush'
  const code = `
    const { PWD, OLDPWD, SHLVL, _, ...environment } = process.env
    process.kill(process.pid, 'SIGUSR1')
    await new Promise((resolve) => setTimeout(resolve, 100))
    const { url } = await import('node:inspector').catch(() => ({ url: () => undefined }))
    console.log(JSON.stringify([environment, process.cwd(), process.execArgv.includes('--permission'), url() ?? null]))
    process.exit(0)`
  const printed = await probeChild(await find(), code)
  expect(JSON.parse(printed)).toEqual([{ TZ: 'UTC' }, '/', true, null])
})

test.runIf(process.platform === 'linux')('the kernel holds a child too', async () => {
  const fences = await findFences({ namespace: true })
  const stage = openStage(fences.firstUid !== undefined)
  const child = startLocked(fences, stage)
  const hold = setInterval(() => undefined, 1_000)
  await new Promise((resolve) => child.reports.once('data', resolve))
  const pid = child.findPid()
  const limits = readFileSync(`/proc/${pid}/limits`, 'utf8')
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  child.kill()
  await new Promise<void>((resolve) => child.whenGone(() => resolve()))
  clearInterval(hold)
  stage.remove()

  expect(limits).toMatch(/Max file size +0 +0/)
  expect(limits).toMatch(/Max core file size +0 +0/)
  expect(limits).toMatch(/Max open files +64 +64/)
  const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2])
  expect(group).toBe(pid)
  if (fences.setpriv !== undefined) expect(status).toMatch(/NoNewPrivs:\s+1/)
  if (fences.firstUid !== undefined) {
    expect(status).not.toMatch(/Uid:\s+0/)
    expect(status).toMatch(/CapEff:\s+0+\n/)
    expect(status).toMatch(/Groups:\s*\n/)
  }
})
