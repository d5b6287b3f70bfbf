import type { ReleaseCheck } from '../check.ts'
import { answered } from '../remote/refusal.ts'

export const check: ReleaseCheck = {
  id: 'remote.token-renewed',
  stage: 'release',
  group: 'remote',
  severity: 'error',
  title: 'It gets a new token when the old one is no good',
  why: 'Tokens end after ten minutes and whenever a grant changes; the platform asks again with a fresh request.',
  howToMend: 'On 401 forget the token of this grant, ask for another one, and read again, once.',
  skip: ({ remote }) => (remote ? undefined : 'no endpoint was given'),
  async run({ remote, cases, trial }) {
    const of = cases[0]
    if (!remote || !of) return []
    const { input } = await trial(of)
    const call = remote.open(input, of.world.now, of.world.timeZone)
    if ((await answered(remote.ask(call))) !== undefined) return []
    remote.platform.authorisation.revokeAll()
    const again = await answered(remote.ask(call))
    if (again === undefined) return []
    return [{ detail: `asked again after its token was revoked, ${again}`, expected: '200 or 202' }]
  },
}
