import { sha256 } from '@bizq/sdk/contract/host'

/**
 * Which of these subscribers a canary takes: the share with the lowest hashes of release and subscriber, at
 * least one, and where there are two at most all but one. The same every time, and another for another release.
 */
export function shareOf(subscribers: readonly string[], release: string, percent: number): Set<string> {
  const wanted = Math.ceil((subscribers.length * percent) / 100)
  const most = Math.max(1, subscribers.length - 1)
  const ranked = subscribers
    .map((id) => ({ id, hash: sha256(`canary ${release} ${id}`) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
  return new Set(ranked.slice(0, Math.min(wanted, most)).map(({ id }) => id))
}
