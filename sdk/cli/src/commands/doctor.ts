import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { createSandbox } from '@bizq/sandbox'
import { exitCodes } from '../command-error.ts'
import type { Output } from '../output.ts'
import { ownVersion } from '../own-version.ts'
import { credentialsFile, readCredentials } from '../session/credentials.ts'
import { platformOrigin } from '../session/platform.ts'

interface Finding {
  name: string
  state: 'ok' | 'failed' | 'skipped'
  detail: string
}
type Look = () => Promise<Omit<Finding, 'name'>>

const ok = (detail: string) => ({ state: 'ok', detail }) as const
const failed = (detail: string) => ({ state: 'failed', detail }) as const
const skipped = (detail: string) => ({ state: 'skipped', detail }) as const

const node: Look = async () => {
  const { node: version } = process.versions
  return Number.parseInt(version, 10) >= 26 ? ok(version) : failed(`${version}: install Node 26 or newer`)
}

const sandbox: Look = async () => {
  const opened = createSandbox({ maxProcesses: 1 })
  try {
    const bundle =
      'export const run = (call, input) => JSON.stringify({ zone: Temporal.Now.timeZoneId(), input })'
    const world = { seed: '00', now: 0, timeZone: 'Europe/London', locale: 'en' }
    const result = await opened.run({ release: 'doctor', bundle, call: 'execute', input: '1', ...world })
    const { fences } = opened.stats()
    const around = fences ? `namespace ${fences.namespace}, own user ${fences.ownUid ? 'yes' : 'no'}` : ''
    return result.outcome === 'succeeded' ? ok(around) : failed(`a trivial bundle ended as ${result.outcome}`)
  } catch (error) {
    return failed(`${(error as Error).message}: install again, with optional packages and for this Node`)
  } finally {
    await opened.close()
  }
}

const keeping: Look = async () => {
  const folder = dirname(credentialsFile())
  const probe = join(folder, `.doctor-${process.pid}`)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(probe, '')
    await rm(probe)
    return ok(folder)
  } catch (error) {
    return failed(`${(error as Error).message}: set BIZQ_CONFIG to a folder that you may write to`)
  }
}

function project(folder: string): Look {
  return async () => {
    const file = join(resolve(folder), 'package.json')
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text === undefined) return skipped(`${folder} has no package.json`)
    const manifest = JSON.parse(text) as { type?: string; dependencies?: Record<string, string> }
    if (manifest.dependencies?.['@bizq/sdk'] === undefined)
      return skipped(`${folder} does not depend on @bizq/sdk`)
    if (manifest.type !== 'module') return failed('write "type": "module" in package.json')
    try {
      const found = createRequire(file).resolve('@bizq/sdk/package.json')
      const { version } = JSON.parse(await readFile(found, 'utf8')) as { version: string }
      const minor = (of: string) => of.split('.').slice(0, 2).join('.')
      return minor(version) === minor(ownVersion())
        ? ok(`@bizq/sdk ${version}`)
        : failed(`@bizq/sdk is ${version} and @bizq/cli ${ownVersion()}: give both the same version`)
    } catch {
      return failed('@bizq/sdk is not installed: npm install')
    }
  }
}

function reachable(named: string | undefined): Look {
  return async () => {
    const platform = named === undefined ? (await readCredentials()).current : platformOrigin(named)
    if (platform === undefined) return skipped('not signed in anywhere: bizq login, when you want to publish')
    const answer = await fetch(`${platform}/healthz`).catch(() => undefined)
    return answer?.ok ? ok(platform) : failed(`${platform} does not answer`)
  }
}

/** Looks for what would keep this machine or this project from working. Exit code 1 when something would. */
export async function doctor(out: Output, folder: string, options: { platform?: string }): Promise<number> {
  const looks: Record<string, Look> = {
    node,
    sandbox,
    'sign-ins are kept': keeping,
    project: project(folder),
    platform: reachable(options.platform),
  }
  const findings: Finding[] = []
  for (const [name, look] of Object.entries(looks)) findings.push({ name, ...(await look()) })
  const marks = {
    ok: out.paint('green', 'ok     '),
    failed: out.paint('red', 'FAILED '),
    skipped: out.paint('dim', 'skipped'),
  }
  const isWell = findings.every(({ state }) => state !== 'failed')
  out.result(
    { ok: isWell, findings },
    findings.map(({ name, state, detail }) => `${marks[state]} ${name}: ${detail}`).join('\n'),
  )
  return isWell ? exitCodes.ok : exitCodes.failed
}
