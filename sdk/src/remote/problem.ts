import type { RemoteProblem } from '../contract/remote.ts'

const titles: Readonly<Record<RemoteProblem['code'], [status: number, title: string]>> = {
  'retry-later': [503, 'Call again later'],
  'cannot-serve': [422, 'Nothing can be done for this business'],
  failed: [500, 'The provider failed'],
  'bad-signature': [401, 'The request is not signed by the platform'],
  'outside-replay-window': [401, 'The request is too old, or from the future'],
  replayed: [409, 'The request was taken before'],
  'bad-request': [400, 'The request cannot be read'],
  'too-large': [413, 'The request is too large'],
  'not-found': [404, 'There is nothing here'],
  'data-unavailable': [503, 'The platform did not give the data'],
}

type More = Omit<Partial<RemoteProblem>, 'code' | 'title' | 'status'>

export function problemOf(code: RemoteProblem['code'], more: More = {}): RemoteProblem {
  const [status, title] = titles[code]
  return { code, title, status, ...more }
}

export function problemResponse(problem: RemoteProblem): Response {
  const headers = new Headers({ 'content-type': 'application/problem+json' })
  if (problem.afterSeconds !== undefined) headers.set('retry-after', String(problem.afterSeconds))
  return new Response(JSON.stringify(problem), { status: problem.status, headers })
}

/** What a thrown value becomes: the words of `CannotServe` are for the operator, all others stay here. */
export function problemOfThrown(error: unknown): RemoteProblem {
  const { name, reason, afterSeconds } = (error ?? {}) as Record<string, unknown>
  if (name === 'RetryLater' && typeof afterSeconds === 'number') {
    return problemOf('retry-later', {
      afterSeconds: Math.round(Math.min(Math.max(afterSeconds, 60), 86_400)),
    })
  }
  if (name === 'CannotServe' && typeof reason === 'string') {
    return problemOf('cannot-serve', { detail: reason.slice(0, 500) })
  }
  if (name === 'PlatformError') return problemOf('data-unavailable')
  return problemOf('failed')
}
