import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { Answers, Command } from './commands.ts'
import type { Ground } from './ground.ts'

const program = join(import.meta.dirname, 'platform-process.ts')

/** The platform in a process of its own, which can be killed at any moment and comes again. */
export interface PlatformChild {
  /** Asks for a command; again, if the process died meanwhile. Throws what the command throws. */
  ask<D extends Command['do']>(command: Command & { do: D }): Promise<Answers[D]>
  /** A request; again with the same key, if the process died meanwhile or Stripe was not there. */
  request(path: string, given: RequestInit): Promise<Response>
  /** Resolves when it serves. */
  untilServing(): Promise<void>
  kill(): void
  readonly kills: number
  close(): Promise<void>
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** What may pass by itself is asked for again so often. */
const mostTries = 50

const died = Symbol('the process died')

const spawnPlatform = ({ environment, now }: Ground): ChildProcess =>
  spawn(process.execPath, [program], {
    env: { PATH: process.env['PATH'] ?? '', ...environment, SIMULATED_NOW: String(now().getTime()) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })

export function openPlatformChild(ground: Ground): PlatformChild {
  let kills = 0
  let isClosing = false
  let serving: Promise<ChildProcess>
  let child: ChildProcess | undefined
  let waiting = new Map<number, Waiting>()
  let count = 0

  const start = (): Promise<ChildProcess> =>
    new Promise((resolve, reject) => {
      const own = spawnPlatform(ground)
      child = own
      const asked = new Map<number, Waiting>()
      waiting = asked
      let isServing = false
      own.on('message', (message: { started?: number; id?: number; value?: unknown; error?: string }) => {
        if (message.started !== undefined) {
          isServing = true
          resolve(own)
          return
        }
        const open = asked.get(message.id ?? -1)
        asked.delete(message.id ?? -1)
        if (message.error === undefined) open?.resolve(message.value)
        else open?.reject(new Error(message.error))
      })
      own.once('exit', (code, signal) => {
        for (const open of asked.values()) open.reject(new Error('died', { cause: died }))
        if (isClosing) return
        if (signal !== 'SIGKILL')
          reject(new Error(`the platform's process ended with ${signal ?? code} by itself`))
        serving = takeUp(ground).then(start)
        serving.catch(() => {})
        if (!isServing) serving.then(resolve, reject)
      })
    })
  serving = start()

  const ask = async (command: Command): Promise<unknown> => {
    for (;;) {
      const own = await serving
      const id = ++count
      try {
        return await new Promise((resolve, reject) => {
          waiting.set(id, { resolve, reject })
          own.send({ id, command }, (error) => {
            if (error) reject(new Error('died', { cause: died }))
          })
        })
      } catch (error) {
        if (!(error instanceof Error) || error.cause !== died) throw error
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }

  return {
    ask: ask as PlatformChild['ask'],
    request: (path, given) => requestAgain(`${ground.url}${path}`, given, () => serving),
    untilServing: async () => void (await serving),
    kill: () => {
      if (child?.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) kills++
    },
    get kills() {
      return kills
    },
    close: async () => {
      isClosing = true
      const own = await serving
      const ended = new Promise((resolve) => own.once('exit', resolve))
      own.disconnect()
      await ended
    },
  }
}

/** Asks each time when the platform serves, until an answer is not one that passes by itself. */
async function requestAgain(
  url: string,
  given: RequestInit,
  untilServing: () => Promise<unknown>,
): Promise<Response> {
  for (let tries = 1; ; tries++) {
    await untilServing()
    try {
      const answer = await fetch(url, given)
      const text = await answer.text()
      // The lock of a request that died goes with its connection, a moment later.
      const isInFlight = answer.status === 409 && text.includes('idempotency-in-flight')
      const mayPass = isInFlight || answer.status >= 500 || answer.status === 429
      if (!mayPass || tries >= mostTries)
        return new Response(text || null, { status: answer.status, headers: answer.headers })
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** What a dead process held of the queue is missed by its heartbeat in earnest; here at once. */
async function takeUp({ admin }: Ground): Promise<void> {
  await admin.query(`update pgboss.job set state = 'retry', start_after = now() where state = 'active'`)
}
