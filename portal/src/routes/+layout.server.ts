import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async ({ locals }) => {
  const { user, memberships } = await locals.me()
  return { user, memberships }
}
