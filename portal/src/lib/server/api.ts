import type { BizqClient, components } from '@bizq/client'
import { apiFor, need } from '@bizq/app-kit/server.ts'
import { answer } from '@bizq/app-kit/transport.ts'
import { error, redirect, type RequestEvent } from '@sveltejs/kit'
import { API_URL } from '$app/env/private'
import { resolve } from '$app/paths'
import { m } from '#lib/paraglide/messages.js'

export type Membership = components['schemas']['Me']['memberships'][number]

export interface Me {
  user: NonNullable<components['schemas']['Me']['user']>
  memberships: Membership[]
}

export type Kind = 'provider' | 'platform'

export const cookieOf = (kind: Kind) => `bizq_${kind}`

function clientOf(event: RequestEvent, organisation?: string): BizqClient {
  return apiFor(event, API_URL || event.url.origin, organisation).client
}

/** Who reads this page. People sign in in the operators' app, on the same origin, and come back with its cookie. */
export async function readMe(event: RequestEvent): Promise<Me> {
  const me = need(await answer(clientOf(event).GET('/me')), event.url)
  const { pathname, search } = event.url
  if (!me.user) redirect(303, `/sign-in?next=${encodeURIComponent(pathname + search)}`)
  return { user: me.user, memberships: me.memberships }
}

/** What takes payments here. Whoever asks need belong to nobody. */
export async function readPaymentsMode(event: RequestEvent) {
  return (await answer(clientOf(event).GET('/payments'))).data?.mode
}

/** The membership of this kind that the reader chose, or their first. */
export function chosenOf(event: RequestEvent, me: Me, kind: Kind): Membership | undefined {
  const own = me.memberships.filter((one) => one.kind === kind)
  const chosen = event.cookies.get(cookieOf(kind))
  return own.find(({ organisation }) => organisation === chosen) ?? own[0]
}

/** The API for the reader's organisation of this kind. */
export async function apiOf(event: RequestEvent, kind: Kind): Promise<BizqClient> {
  const membership = chosenOf(event, await event.locals.me(), kind)
  if (membership) return clientOf(event, membership.organisation)
  if (kind === 'provider') redirect(303, resolve('/provider/start'))
  error(403, { message: m.platform_only(), detail: m.platform_only_text() })
}
