import { listBusinesses, listPortfolio, type PortfolioRow } from '#lib/api/businesses.ts'
import { given } from '@bizq/app-kit/transport.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { PageServerLoad } from './$types'

const sorts = ['name', 'revenue', 'margin', 'runway', 'growth', 'health'] as const
type Sort = (typeof sorts)[number]

export const load: PageServerLoad = async ({ locals, url, depends }) => {
  depends('bizq:imports', 'bizq:actions')
  const read = (name: string) => url.searchParams.get(name) ?? ''
  const sort = sorts.find((one) => one === read('sort')) ?? 'name'
  const filters = { search: read('search'), tag: read('tag'), sort }
  const query = {
    search: given(filters.search),
    tag: given(filters.tag),
    cursor: given(read('cursor')),
    limit: 100,
  }
  const [businesses, portfolio] = await Promise.all([
    listBusinesses(locals.api, query),
    listPortfolio(locals.api),
  ])
  const page = need(businesses, url)
  const figures = new Map(portfolio.data?.items.map((entry) => [entry.business, entry]))
  const rows = page.items.map((business) => ({ business, figures: figures.get(business.id) ?? null }))
  rows.sort(
    (a, b) =>
      valueOf(sort, b.figures) - valueOf(sort, a.figures) || a.business.name.localeCompare(b.business.name),
  )
  return { rows, next: page.next, filters, tags: [...new Set(page.items.flatMap((one) => one.tags))].sort() }
}

/** Highest first, but the shortest runway first; what is not known last. */
function valueOf(sort: Sort, entry: PortfolioRow | null): number {
  if (sort === 'name' || !entry) return sort === 'name' ? 0 : -Infinity
  const values = {
    revenue: entry.revenue,
    margin: entry.margin,
    runway: entry.runwayWeeks === null ? null : -entry.runwayWeeks,
    growth: entry.growth,
    health: entry.health,
  }
  return values[sort] ?? -1e15
}
