import type { ReleaseCheck } from '../check.ts'
import type { Sending } from './ground.ts'

interface Refusal extends Pick<ReleaseCheck, 'id' | 'title' | 'why' | 'howToMend'> {
  change?(sending: Sending): Sending
  /** When it was signed; now unless told. */
  at?(): Date
}

/** A check that a request which is not as the platform sends it is refused. */
export function refusalCheck({ change, at, ...about }: Refusal): ReleaseCheck {
  return {
    ...about,
    stage: 'release',
    group: 'remote',
    severity: 'error',
    skip: ({ remote }) => (remote ? undefined : 'no endpoint was given'),
    async run({ remote, cases, trial }) {
      const of = cases[0]
      if (!remote || !of) return []
      const { input } = await trial(of)
      const call = remote.open(input, of.world.now, of.world.timeZone)
      const response = await remote.ask(call, change, at?.())
      if (response.status >= 400 && response.status < 500) return []
      return [{ detail: `it was answered ${response.status}`, expected: '401' }]
    },
  }
}

/** Why a request was not answered with 200 or 202, in words; undefined where it was. */
export async function answered(asked: Promise<Response>): Promise<string | undefined> {
  const response = await asked
  return response.status === 200 || response.status === 202 ? undefined : `it answered ${response.status}`
}
