import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Config } from './config.ts'

const patienceMs = 20_000

/** Runs the worker as a process of its own, printing to `output`, started again when it dies, until it is stopped. */
export async function startWorkerProcess(
  config: Config & { databaseUrl: string; masterKey: string },
  output: number,
  warn: (message: string) => void,
): Promise<{ stop(): Promise<void> }> {
  let isStopping = false
  let child: ChildProcess | undefined
  let again: NodeJS.Timeout | undefined
  const environment = {
    ...config.environment,
    DATABASE_URL: config.databaseUrl,
    BIZQ_MASTER_KEY: config.masterKey,
    BIZQ_HOME: config.home,
  }
  const start = () =>
    new Promise<void>((resolve) => {
      // A group of its own, so that Ctrl-C comes to this process alone, which ends the others in order.
      const worker = fork(join(import.meta.dirname, 'main.ts'), ['worker'], {
        env: environment,
        detached: true,
        stdio: ['ignore', output, output, 'ipc'],
      })
      child = worker
      worker.once('message', () => resolve())
      worker.once('error', (error) => warn(`the worker could not be started: ${error.message}`))
      worker.once('exit', (code, signal) => {
        resolve()
        if (isStopping) return
        warn(`the worker ended (${signal ?? code}) and is started again`)
        again = setTimeout(() => void start(), 500)
      })
    })
  await start()
  return {
    stop: async () => {
      isStopping = true
      clearTimeout(again)
      if (child) await end(child)
    },
  }
}

async function end(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  worker.kill('SIGTERM')
  const patience = setTimeout(() => worker.kill('SIGKILL'), patienceMs)
  await ended
  clearTimeout(patience)
}
