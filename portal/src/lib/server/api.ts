import { createClient, type BizqClient } from '@bizq/client'
import type { RequestEvent } from '@sveltejs/kit'
import { API_URL } from '$app/env/private'

/** The API with the reader's cookies, from our own origin. */
export function apiOf(event: RequestEvent, organisation?: string): BizqClient {
  const base = API_URL || event.url.origin
  const headers: Record<string, string> = {
    origin: new URL(base).origin,
    'sec-fetch-site': 'same-origin',
    cookie: event.request.headers.get('cookie') ?? '',
    'x-forwarded-for': event.getClientAddress(),
  }
  if (organisation) headers['bizq-organisation'] = organisation
  return createClient({ baseUrl: `${base}/v1`, headers })
}
