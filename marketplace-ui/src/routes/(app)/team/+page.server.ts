import { loadTeam, teamActions } from '@bizq/app-kit/team-server.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = ({ locals, url }) => loadTeam(locals.api.client, url)

export const actions = teamActions(({ locals }) => locals.api.client)
