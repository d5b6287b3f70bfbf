import { loadTeam, teamActions } from '#lib/server/team.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = (event) => loadTeam(event, 'platform')

export const actions = teamActions('platform')
