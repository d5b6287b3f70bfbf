import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const main = join(import.meta.dirname, '../src/main.ts')

export interface Ran {
  code: number
  stdout: string
  stderr: string
}

interface RunOptions {
  environment?: Record<string, string>
  cwd?: string
  /** Sees stdout as it comes, and may end the command. */
  onOutput?: (stdout: string, end: () => void) => void
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bizq-cli-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Runs `bizq` as a program of its own, without a terminal, with no sign-in but what is given. */
export async function bizq(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const config = options.environment?.['BIZQ_CONFIG'] ?? (await temporaryFolder())
  const child = spawn(process.execPath, [main, ...args], {
    cwd: options.cwd ?? process.cwd(),
    env: { PATH: process.env['PATH'], HOME: config, ...options.environment, BIZQ_CONFIG: config },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (part: Buffer) => {
    stdout += part.toString()
    options.onOutput?.(stdout, () => void child.kill('SIGINT'))
  })
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exited, signal) => resolve(exited ?? (signal === 'SIGINT' ? 130 : 1)))
  })
  return { code, stdout, stderr }
}
