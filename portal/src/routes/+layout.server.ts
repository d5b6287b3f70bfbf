import { redirect } from '@sveltejs/kit'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async ({ locals, url }) => {
  const { data } = await locals.api().GET('/me')
  // People sign in in the operators' app, on the same origin, and come back with its cookie.
  if (!data?.user) redirect(303, `/sign-in?next=${encodeURIComponent(url.pathname)}`)
  const of = (kind: string) => data.memberships.filter((one) => one.kind === kind)
  return { user: data.user, providers: of('provider'), platform: of('platform') }
}
