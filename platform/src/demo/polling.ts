import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again until the answer will do. Throws after ten minutes, naming what was waited for. */
export async function until<T>(
  what: string,
  ask: () => Promise<T>,
  willDo: (answer: T) => boolean,
): Promise<T> {
  for (const deadline = Date.now() + 600_000; Date.now() < deadline;) {
    const answer = await ask()
    if (willDo(answer)) return answer
    await sleep(250)
  }
  throw new Error(`${what} took more than ten minutes`)
}
