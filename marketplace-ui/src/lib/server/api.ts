import type { Cookies, RequestEvent } from '@sveltejs/kit'
import { apiFor, type Asking } from '@bizq/app-kit/server.ts'
import type { Api } from '@bizq/app-kit/transport.ts'
import { API_URL } from '$app/env/private'

/** The API on behalf of the reader of this request, for the organisation that they chose. */
export function apiOf(event: Asking): Api {
  return apiFor(event, API_URL || event.url.origin, event.cookies.get('bizq_organisation'))
}

/** Chooses the organisation that its reader acts for. Scripts of the pages read it too, for their own calls. */
export function keepOrganisation(cookies: Cookies, organisation: string, url: URL): void {
  cookies.set('bizq_organisation', organisation, {
    path: '/',
    httpOnly: false,
    sameSite: 'lax',
    secure: url.protocol === 'https:',
    maxAge: 31_536_000,
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
