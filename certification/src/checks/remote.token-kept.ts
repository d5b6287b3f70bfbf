import type { ReleaseCheck } from '../check.ts'

export const check: ReleaseCheck = {
  id: 'remote.token-kept',
  stage: 'release',
  group: 'remote',
  severity: 'error',
  title: 'It keeps its tokens to itself',
  why: 'Answers stand in logs and traces; a token in one opens a business’s data to whoever reads them.',
  howToMend: 'Put no token and no assertion into answers, headers or problems.',
  skip: ({ remote }) => (remote ? undefined : 'no endpoint was given'),
  async run({ remote, cases, trial }) {
    const of = cases[0]
    if (!remote || !of) return []
    const { input } = await trial(of)
    const response = await remote.ask(remote.open(input, of.world.now, of.world.timeZone))
    const texts = [...response.headers.values(), await response.text()]
    const tokens = [...remote.platform.authorisation.issued.keys()]
    const isTold = tokens.some((token) => texts.some((text) => text.includes(token)))
    return isTold ? [{ detail: 'an answer holds the access token', expected: 'no token' }] : []
  },
}
