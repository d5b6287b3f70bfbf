import type { Schemas } from '@bizq/client'
import { answer, once, type Api } from '@bizq/app-kit/transport.ts'

export type Business = Schemas['Business']
export type NewBusiness = Schemas['NewBusiness']
export type PortfolioRow = Schemas['PortfolioRow']
export type Insight = Schemas['Insight']

const at = (business: string) => ({ params: { path: { business } } })

export const listBusinesses = (
  { client }: Api,
  query: { search?: string; tag?: string; cursor?: string; limit?: number } = {},
) => answer(client.GET('/businesses', { params: { query } }))
export const createBusiness = ({ client }: Api, body: NewBusiness, key?: string) =>
  answer(client.POST('/businesses', { body, ...once(key) }))
export const getBusiness = ({ client }: Api, business: string) =>
  answer(client.GET('/businesses/{business}', at(business)))
export const changeBusiness = ({ client }: Api, business: string, body: Schemas['BusinessChange']) =>
  answer(client.PATCH('/businesses/{business}', { ...at(business), body }))
export const fenceBusiness = ({ client }: Api, business: string, isFenced: boolean) =>
  answer(client.PUT('/businesses/{business}/fence', { ...at(business), body: { isFenced } }))

export const listPortfolio = ({ client }: Api) => answer(client.GET('/portfolio'))
export const getInsight = ({ client }: Api, business: string) =>
  answer(client.GET('/businesses/{business}/insight', at(business)))
/** Cash at the end of each of the next 13 weeks, as a subscribed service last saw it; no weeks where none does. */
export const getCashForecast = ({ client }: Api, business: string) =>
  answer(client.GET('/businesses/{business}/cash-forecast', at(business)))
