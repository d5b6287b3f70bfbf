import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, onTestFinished } from 'vitest'
import { findFences, type Fences } from '../src/fences.ts'
import { createSandbox, type Sandbox, type SandboxRequest, type SandboxResult } from '../src/index.ts'
import { startLocked } from '../src/locked-process.ts'
import type { SandboxOptions } from '../src/sandbox.ts'
import { openStage } from '../src/stage.ts'

/** A sound request around the body of an async `run(call, input)`. */
export function requestOf(body: string, change: Partial<SandboxRequest> = {}): SandboxRequest {
  const bundle = `export async function run(call, input) {\n${body}\n}`
  return {
    release: bundle,
    bundle,
    call: 'execute',
    input: '{}',
    seed: '00ff',
    now: Date.UTC(2001, 1, 3, 4, 5, 6, 789),
    timeZone: 'America/New_York',
    locale: 'de-DE',
    ...change,
  }
}

/** A sandbox for one test file, closed after it. */
export function openSandbox(options?: SandboxOptions): Sandbox {
  const sandbox = createSandbox(options)
  afterAll(() => sandbox.close())
  return sandbox
}

/** A sandbox for one test, closed after it. */
export function openSandboxForTest(options?: SandboxOptions): Sandbox {
  const sandbox = createSandbox(options)
  onTestFinished(() => sandbox.close())
  return sandbox
}

export async function outputOf(sandbox: Sandbox, request: SandboxRequest): Promise<unknown> {
  const result = await sandbox.run(request)
  if (result.outcome !== 'succeeded') throw new Error(`not an output: ${JSON.stringify(result)}`)
  return JSON.parse(result.output) as unknown
}

/**
 * Runs a hostile body and expects one of the outcomes, nothing of the host in the report, and that the next
 * execution, of another release and of the same one, is as if nothing had been.
 */
export async function expectEnding(
  sandbox: Sandbox,
  body: string,
  outcomes: SandboxResult['outcome'][],
  limits: SandboxRequest['limits'] = { wallMs: 600 },
): Promise<SandboxResult> {
  const bundle = `export async function run(call, input) {\nif (input === '"calm"') return '"calm"';\n${body}\n}`
  const request = requestOf('', { bundle, release: bundle, limits })
  const result = await sandbox.run(request)
  expect({ result, isExpected: outcomes.includes(result.outcome) }).toMatchObject({ isExpected: true })
  expect(JSON.stringify(result)).not.toMatch(/isolated-vm|\/sandbox\/|prelude|node:|file:/)

  const calm = await sandbox.run({ ...request, input: '"calm"', limits: {} })
  expect(calm).toMatchObject({ outcome: 'succeeded', output: '"calm"' })
  const other = await sandbox.run(requestOf(`return '"other"'`))
  expect(other).toMatchObject({ outcome: 'succeeded', output: '"other"' })
  return result
}

/** What a machine with nothing to offer has: no root, no namespaces, no cgroup, no setpriv. */
export async function findNoFences(): Promise<Fences> {
  const fences = await findFences({ namespace: true, cgroup: true, uid: true })
  return { ...fences, setpriv: undefined }
}

/** Runs code in a child process itself, outside of any isolate, started exactly as children are. Gives what it printed. */
export async function probeChild(fences: Fences, code: string): Promise<string> {
  const stage = openStage(fences.firstUid !== undefined)
  try {
    const entry = path.join(stage.directory, 'probe.mjs')
    writeFileSync(entry, code, { mode: 0o644 })
    const child = startLocked(fences, stage, entry)
    const hold = setInterval(() => undefined, 1_000)
    const printed = await new Promise<string>((resolve) => {
      child.whenGone((code, signal) => {
        resolve(`${child.lastWords()}${code === 0 ? '' : `ended with ${signal ?? code}`}`)
      })
    })
    clearInterval(hold)
    return printed.trim()
  } finally {
    stage.remove()
  }
}
