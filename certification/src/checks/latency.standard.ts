import type { ReleaseCheck } from '../check.ts'
import { measureLatency, mostMs, mostRatio } from '../latency.ts'

export const check: ReleaseCheck = {
  id: 'latency.standard',
  stage: 'release',
  group: 'latency',
  severity: 'warning',
  title: 'It answers within five seconds',
  why: 'An operator waits for the first result. On the platform its own figure decides: 95 % of the standard inputs within 5 s.',
  howToMend: 'Group rows once by what they are looked up by instead of looking through all of them for each.',
  async run(examined) {
    const { p95Ms, ratio } = await measureLatency(examined)
    if (examined.latency === 'decides' || examined.remote)
      return p95Ms <= mostMs
        ? []
        : [{ detail: `p95 is ${Math.round(p95Ms)} ms`, expected: `at most ${mostMs} ms` }]
    return ratio <= mostRatio
      ? []
      : [
          {
            detail: `p95 is ${ratio.toFixed(0)} times what the reference bundle takes`,
            expected: `at most ${mostRatio} times, so that it stays under 5 s on the platform too`,
          },
        ]
  },
}
