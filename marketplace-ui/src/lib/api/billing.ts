import { answer, once, type Api } from '@bizq/app-kit/transport.ts'
import type { Schemas } from '@bizq/client'

export type BillingAccount = Schemas['BillingAccount']
export type BillingStanding = NonNullable<Schemas['BillingStanding']['account']>
export type PlanName = Schemas['Plan']
export type PlanCurrency = Schemas['PlanCurrency']
export type PlanChoice = Schemas['PlanChoice']
export type PlanPreview = Schemas['PlanPreview']
export type InvoiceSummary = Schemas['InvoiceSummary']
export type InvoiceLine = Schemas['InvoiceLine']
export type Refund = Schemas['Refund']
export type Usage = Schemas['Usage']

export const getPayments = ({ client }: Api) => answer(client.GET('/payments'))
export const getStanding = ({ client }: Api) => answer(client.GET('/billing/standing'))
export const getBilling = ({ client }: Api, currency?: PlanCurrency) =>
  answer(client.GET('/billing', { params: { query: currency ? { currency } : {} } }))
export const previewPlan = ({ client }: Api, body: PlanChoice) =>
  answer(client.POST('/billing/plan/preview', { body }))
export const choosePlan = ({ client }: Api, body: PlanChoice, key?: string) =>
  answer(client.PUT('/billing/plan', { body, ...once(key) }))
export const cancelPlan = ({ client }: Api, key?: string) =>
  answer(client.DELETE('/billing/plan', { ...once(key) }))
export const openSetupPage = ({ client }: Api, returnTo: string, key?: string) =>
  answer(client.POST('/billing/payment-method', { body: { returnTo }, ...once(key) }))
export const redeemCoupon = ({ client }: Api, code: string, key?: string) =>
  answer(client.POST('/billing/coupons', { body: { code }, ...once(key) }))
export const advanceClock = ({ client }: Api, days: number, key?: string) =>
  answer(client.POST('/billing/test-clock/advance', { body: { days }, ...once(key) }))

export const listInvoices = ({ client }: Api, query: { cursor?: string; limit?: number } = {}) =>
  answer(client.GET('/invoices', { params: { query } }))
export const getInvoice = ({ client }: Api, invoice: string) =>
  answer(client.GET('/invoices/{invoice}', { params: { path: { invoice } } }))
export const getUpcomingInvoice = ({ client }: Api) => answer(client.GET('/invoices/upcoming'))
export const payInvoice = ({ client }: Api, invoice: string, key?: string) =>
  answer(client.POST('/invoices/{invoice}/pay', { params: { path: { invoice } }, ...once(key) }))
export const listRefunds = ({ client }: Api, query: { invoice?: string; subscription?: string }) =>
  answer(client.GET('/refunds', { params: { query: { ...query, limit: 100 } } }))
export const getMoneyBack = ({ client }: Api, subscription: string) =>
  answer(client.GET('/subscriptions/{subscription}/money-back', { params: { path: { subscription } } }))
export const takeMoneyBack = ({ client }: Api, subscription: string, key?: string) =>
  answer(
    client.POST('/subscriptions/{subscription}/money-back', {
      params: { path: { subscription } },
      ...once(key),
    }),
  )

export const listUsage = ({ client }: Api, query: { subscription?: string } = {}) =>
  answer(client.GET('/usage', { params: { query } }))
export const setUsageCap = ({ client }: Api, subscription: string, amount: number | null, key?: string) =>
  answer(
    client.PUT('/subscriptions/{subscription}/usage-cap', {
      params: { path: { subscription } },
      body: { amount },
      ...once(key),
    }),
  )
export const listCosts = ({ client }: Api, query: { months?: number } = {}) =>
  answer(client.GET('/billing/costs', { params: { query } }))
export const listOwnCredits = ({ client }: Api) => answer(client.GET('/billing/credits'))
