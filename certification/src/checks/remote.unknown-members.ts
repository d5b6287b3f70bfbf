import type { ReleaseCheck } from '../check.ts'
import { answered } from '../remote/refusal.ts'

export const check: ReleaseCheck = {
  id: 'remote.unknown-members',
  stage: 'release',
  group: 'remote',
  severity: 'error',
  title: 'Members that it does not know do not disturb it',
  why: 'The contract grows by new members; an endpoint that refuses them stops on the day of a release of the platform.',
  howToMend: 'Ignore what you do not know of a request.',
  skip: ({ remote }) => (remote ? undefined : 'no endpoint was given'),
  async run({ remote, cases, trial }) {
    const of = cases[0]
    if (!remote || !of) return []
    const { input } = await trial(of)
    const call = remote.open(input, of.world.now, of.world.timeZone)
    const found = await answered(remote.ask({ ...call, futureMember: { since: 2 } }))
    return found === undefined ? [] : [{ detail: `with an unknown member ${found}`, expected: '200 or 202' }]
  },
}
