import { error, redirect, type RequestEvent } from '@sveltejs/kit'
import { API_URL } from '$app/env/private'
import { createApi, type Answer, type Api, type Problem } from '#lib/api/transport.ts'

type Asking = Pick<RequestEvent, 'request' | 'url' | 'cookies' | 'getClientAddress'>

/** The API on behalf of the reader of this request: their cookies, their address, from our own origin. */
export function apiOf(event: Asking): Api {
  const base = API_URL || event.url.origin
  return createApi(base, (url, init) => {
    const headers = new Headers(ownHeaders(event, base))
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    return fetch(url, { ...init, redirect: 'manual', headers })
  })
}

function ownHeaders(event: Asking, base: string): Record<string, string> {
  const headers: Record<string, string> = {
    origin: new URL(base).origin,
    'sec-fetch-site': 'same-origin',
    'x-forwarded-for': event.getClientAddress(),
  }
  const organisation = event.cookies.get('bizq_organisation')
  if (organisation) headers['bizq-organisation'] = organisation
  for (const name of ['cookie', 'accept-language', 'user-agent', 'x-request-id']) {
    const value = event.request.headers.get(name)
    if (value) headers[name] = value
  }
  return headers
}

/** The data of an answer that a page cannot do without; a refusal becomes the error page, or the way to sign in. */
export function need<T>(answer: Answer<T>, url: URL): T {
  if (!answer.problem) return answer.data
  if (answer.problem.status === 401)
    redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`)
  refuse(answer.problem)
}

export function refuse(problem: Problem): never {
  error(problem.status, {
    message: problem.title,
    ...(problem.detail ? { detail: problem.detail } : {}),
    ...(problem.requestId ? { requestId: problem.requestId } : {}),
  })
}

/** Sets the cookies of an API response on the page's own response, for better-auth's sessions. */
export function passCookies(response: Response, event: Pick<RequestEvent, 'cookies'>): void {
  for (const line of response.headers.getSetCookie()) {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const split = pair.indexOf('=')
    const flags = new Map(
      attributes.map((part) => [part.split('=')[0]?.toLowerCase() ?? '', part.split('=')[1]]),
    )
    const maxAge = flags.get('max-age')
    const expires = flags.get('expires')
    event.cookies.set(pair.slice(0, split), pair.slice(split + 1), {
      path: flags.get('path') ?? '/',
      httpOnly: flags.has('httponly'),
      secure: flags.has('secure'),
      sameSite: (flags.get('samesite')?.toLowerCase() ?? 'lax') as 'lax' | 'strict' | 'none',
      ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
      ...(expires === undefined ? {} : { expires: new Date(expires) }),
      encode: (value) => value,
    })
  }
}
