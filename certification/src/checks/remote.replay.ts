import type { ReleaseCheck } from '../check.ts'
import type { Sending } from '../remote/ground.ts'

export const check: ReleaseCheck = {
  id: 'remote.replay',
  stage: 'release',
  group: 'remote',
  severity: 'error',
  title: 'The same request is taken once',
  why: 'Networks and attackers repeat requests; a second one must change nothing.',
  howToMend:
    'Remember webhook-id and timestamp for ten minutes and refuse them the second time, or answer exactly as the first time.',
  skip: ({ remote }) => (remote ? undefined : 'no endpoint was given'),
  async run({ remote, cases, trial }) {
    const of = cases[0]
    if (!remote || !of) return []
    const { input } = await trial(of)
    const call = remote.open(input, of.world.now, of.world.timeZone)
    let sent: Sending | undefined
    const first = await remote.ask(call, (sending) => {
      sent = { headers: new Headers(sending.headers), body: sending.body }
    })
    const said = await first.text()
    const second = await remote.ask(call, () => sent)
    const repeated = await second.text()
    if (
      (second.status >= 400 && second.status < 500) ||
      (second.status === first.status && repeated === said)
    )
      return []
    return [
      {
        detail: `sent twice, the second was answered ${second.status} and otherwise than the first`,
        expected: 'a refusal (409), or the same answer',
        input: of.name,
      },
    ]
  },
}
