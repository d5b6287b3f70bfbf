import { loadTeam, teamActions } from '@bizq/app-kit/team-server.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => loadTeam(await locals.api('provider'), url)

export const actions = teamActions(({ locals }) => locals.api('provider'))
