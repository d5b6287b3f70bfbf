import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import type { LedgerAccount } from '#lib/money/words.ts'
import type { PageServerLoad } from './$types'

/** The first instant of a day, and of the day after it. */
const startOf = (day: string) => (day ? `${day}T00:00:00.000Z` : '')
const endOf = (day: string) => (day ? new Date(Date.parse(startOf(day)) + 86_400_000).toISOString() : '')

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const read = (name: string) => url.searchParams.get(name)?.trim() ?? ''
  const readDay = (name: string) => (/^\d{4}-\d{2}-\d{2}$/.test(read(name)) ? read(name) : '')
  const filters = {
    account: read('account') as LedgerAccount | '',
    currency: read('currency'),
    party: read('party'),
    from: readDay('from'),
    until: readDay('until'),
  }
  const query = {
    limit: 50,
    account: given(filters.account),
    currency: given(filters.currency),
    party: given(filters.party),
    from: given(startOf(filters.from)),
    until: given(endOf(filters.until)),
    cursor: given(read('cursor')),
  }
  const page = need(await answer(api.GET('/admin/ledger/entries', { params: { query } })), url)
  return { entries: page.items, next: page.next, filters }
}
