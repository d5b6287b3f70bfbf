import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'

const main = join(import.meta.dirname, '../../src/main.ts')

export interface PlatformProcess {
  child: ChildProcess
  /** Resolves when it serves; rejects if it ends before. */
  started: Promise<void>
  ended: Promise<void>
  kill(): void
}

/** One process of the platform as it is run in earnest. */
export function startProcess(
  role: 'api' | 'worker' | 'both',
  environment: Record<string, string>,
): PlatformProcess {
  const child = spawn(process.execPath, [main, role], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const started = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('exit', (code, signal) =>
      reject(new Error(`the ${role} ended with ${signal ?? code} before it served`)),
    )
  })
  started.catch(() => {})
  return { child, started, ended, kill: () => void child.kill('SIGKILL') }
}
