import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import { isAccount } from '#lib/money/words.ts'
import type { PageServerLoad } from './$types'

const dayMs = 86_400_000

/** The first instant of a day, and of the day after it. */
const startOf = (day: string) => (day ? `${day}T00:00:00.000Z` : '')
const endOf = (day: string) => (day ? new Date(Date.parse(startOf(day)) + dayMs).toISOString() : '')

const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(startOf(text)))

/** What an address asks for; what is no such thing is not asked for. */
function readFilters(url: URL) {
  const read = (name: string, isRight: (text: string) => boolean) => {
    const text = url.searchParams.get(name)?.trim() ?? ''
    return isRight(text) ? text : ''
  }
  const accounts = read('account', (text) => text.split(',').every(isAccount))
    .split(',')
    .filter(isAccount)
  return {
    accounts,
    currency: read('currency', (text) => /^[A-Z]{3}$/.test(text)),
    party: read('party', (text) => /^org_[0-9a-z]{26}$/.test(text)),
    kind: read('kind', (text) => text.length <= 60),
    causeType: read('causeType', (text) => /^[a-z_]{1,40}$/.test(text)),
    cause: read('cause', (text) => text.length <= 200),
    from: read('from', isDay),
    until: read('until', isDay),
  } as const
}

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const filters = readFilters(url)
  const asked = {
    accounts: given(filters.accounts.join(',')),
    currency: given(filters.currency),
    party: given(filters.party),
    kind: given(filters.kind),
    causeType: given(filters.causeType),
    cause: given(filters.cause),
    from: given(startOf(filters.from)),
    until: given(endOf(filters.until)),
  }
  const isFiltered = Object.values(asked).some(Boolean)
  const query = { ...asked, limit: 50, cursor: given(url.searchParams.get('cursor')) }
  const [page, totals, organisations] = await Promise.all([
    answer(api.GET('/admin/ledger/entries', { params: { query } })),
    isFiltered ? answer(api.GET('/admin/ledger/totals', { params: { query: asked } })) : undefined,
    answer(api.GET('/admin/organisations', { params: { query: { limit: 200 } } })),
  ])
  const { items, next } = need(page, url)
  return {
    entries: items,
    next,
    filters,
    isFiltered,
    totals: totals ? need(totals, url).items : [],
    parties: need(organisations, url).items.map(({ id, name }) => ({ id, name })),
  }
}
