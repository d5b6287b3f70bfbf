import { call, type Api, type List, type Query } from './transport.ts'

export interface Business {
  id: string
  name: string
  legalName: string | null
  taxNumber: string | null
  iban: string | null
  domains: string[]
  currency: string
  country: string
  timeZone: string
  locale: string
  tags: string[]
  isFenced: boolean
  createdAt: string
}

export interface BusinessBody {
  name: string
  currency: string
  country: string
  timeZone: string
  locale: string
  tags: string[]
  legalName: string | null
  taxNumber: string | null
  iban: string | null
  domains: string[]
}

/** The figures of one business; amounts in minor units of `currency`, rates as shares of one. */
export interface PortfolioRow {
  business: string
  computedAt: string
  currency: string
  revenue: number
  margin: number | null
  growth: number | null
  cash: number | null
  runwayWeeks: number | null
  /** 1 to 100. */
  health: number | null
  months: { month: string; income: number; profit: number }[]
}

export interface AgeingBucket {
  bucket: 'current' | '1-30' | '31-60' | '61-90' | 'over-90'
  amount: number
  count: number
}

/** Profit and loss, cash and ageing of one business. */
export interface Insight {
  currency: string
  basis: 'accrual' | 'cash'
  months: { month: string; income: number; cost: number; profit: number }[]
  lines: { kind: 'income' | 'cost'; category: string; total: number; byMonth: number[] }[]
  revenue: number
  margin: number | null
  growth: number | null
  cash: number | null
  weeklyCash: { week: string; net: number }[]
  runwayWeeks: number | null
  ageing: { receivable: AgeingBucket[]; payable: AgeingBucket[] }
  health: number | null
}

/** Cash at the end of each of the next 13 weeks at 10, 50 and 90 per cent, in minor units. */
export interface CashForecast {
  currency: string
  weeks: { week: string; low: number; mid: number; high: number }[]
}

export const listBusinesses = (api: Api, query: Query = {}) =>
  call<List<Business>>(api, 'GET', '/v1/businesses', { query })
export const createBusiness = (api: Api, body: BusinessBody, key?: string) =>
  call<Business>(api, 'POST', '/v1/businesses', { body, key })
export const getBusiness = (api: Api, business: string) =>
  call<Business>(api, 'GET', `/v1/businesses/${business}`)
export const changeBusiness = (api: Api, business: string, body: Partial<BusinessBody>) =>
  call<Business>(api, 'PATCH', `/v1/businesses/${business}`, { body })
export const fenceBusiness = (api: Api, business: string, isFenced: boolean) =>
  call<Business>(api, 'PUT', `/v1/businesses/${business}/fence`, { body: { isFenced } })

export const listPortfolio = (api: Api) => call<List<PortfolioRow>>(api, 'GET', '/v1/portfolio')
export const getInsight = (api: Api, business: string) =>
  call<Insight>(api, 'GET', `/v1/businesses/${business}/insight`)
export const getCashForecast = (api: Api, business: string) =>
  call<CashForecast>(api, 'GET', `/v1/businesses/${business}/cash-forecast`)
