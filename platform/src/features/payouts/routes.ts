import { createRoute, z } from '@hono/zod-openapi'
import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { requireScope } from '../../http/authorise.ts'
import { json, listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import * as account from './account.ts'
import * as earnings from './earnings.ts'
import * as launch from './launch.ts'
import { replaceAccount } from './replace.ts'
import {
  AccountReplacement,
  AccountSession,
  Earnings,
  EarningsQuery,
  LaunchProvider,
  ListQuery,
  Month,
  NewLaunchProvider,
  NewSchedule,
  OnboardingLink,
  OnboardingRequest,
  Payout,
  ProviderAccount,
  ProviderClockAdvance,
  Statement,
  Transfer,
  TransferFunds,
} from './schemas.ts'
import { getTransferFunds } from './shortage.ts'
import { statementCsv, statementPdf } from './statement-files.ts'

const tags = ['payouts']
const monthParams = z.object({ month: Month })
const organisationParams = z.object({ organisation: idSchema(idPrefixes.organisation) })

const getAccount = createRoute({
  operationId: 'getProviderAccount',
  tags,
  method: 'get',
  path: '/provider/account',
  summary: 'Where you stand with being paid, and what is missing',
  responses: { 200: ok(ProviderAccount), ...mayFail('forbidden') },
})
const onboard = createRoute({
  operationId: 'createOnboardingLink',
  tags,
  method: 'post',
  path: '/provider/account/onboarding-link',
  summary: 'A page of Stripe’s on which you give what it asks for',
  request: { body: json(OnboardingRequest) },
  responses: { 201: ok(OnboardingLink), ...mayFail('forbidden', 'conflict', 'unavailable') },
})
const openSession = createRoute({
  operationId: 'createAccountSession',
  tags,
  method: 'post',
  path: '/provider/account/session',
  summary: 'Opens Stripe’s embedded components for your account',
  request: { body: json(OnboardingRequest.pick({ country: true })) },
  responses: { 201: ok(AccountSession), ...mayFail('forbidden', 'conflict', 'unavailable') },
})
const replace = createRoute({
  operationId: 'replaceProviderAccount',
  tags,
  method: 'post',
  path: '/provider/account/replacement',
  summary: 'Begin a new account in place of one that was disconnected at Stripe',
  request: { body: json(AccountReplacement) },
  responses: { 201: ok(ProviderAccount), ...mayFail('forbidden', 'conflict', 'unavailable') },
})
const putSchedule = createRoute({
  operationId: 'putPayoutSchedule',
  tags,
  method: 'put',
  path: '/provider/payout-schedule',
  summary: 'When what you earned is transferred',
  request: { body: json(NewSchedule) },
  responses: { 200: ok(ProviderAccount), ...mayFail('forbidden', 'conflict') },
})
const advance = createRoute({
  operationId: 'advanceProviderClock',
  tags,
  method: 'post',
  path: '/provider/test-clock/advance',
  summary: 'Put your own time ahead, where no real money is moved',
  request: { body: json(ProviderClockAdvance) },
  responses: { 200: ok(ProviderAccount), ...mayFail('forbidden', 'conflict') },
})
const getEarnings = createRoute({
  operationId: 'getEarnings',
  tags,
  method: 'get',
  path: '/provider/earnings',
  summary: 'What you earned, by service and month',
  request: { query: EarningsQuery },
  responses: { 200: ok(Earnings), ...mayFail('forbidden') },
})
const getStatement = createRoute({
  operationId: 'getStatement',
  tags,
  method: 'get',
  path: '/provider/statements/{month}',
  summary: 'A month of your account: what was there, came, went, and is left',
  request: { params: monthParams },
  responses: { 200: ok(Statement), ...mayFail('forbidden') },
})
const file = (media: string, description: string) => ({
  200: { description, content: { [media]: { schema: z.string().openapi({ format: 'binary' }) } } },
  ...mayFail('forbidden'),
})
const getPdf = createRoute({
  operationId: 'getStatementPdf',
  tags,
  method: 'get',
  path: '/provider/statements/{month}/pdf',
  summary: 'The same as a PDF',
  request: { params: monthParams },
  responses: file('application/pdf', 'A tagged PDF'),
})
const getCsv = createRoute({
  operationId: 'getStatementCsv',
  tags,
  method: 'get',
  path: '/provider/statements/{month}/csv',
  summary: 'The same as CSV',
  request: { params: monthParams },
  responses: file('text/csv', 'One line for each thing that moved the balance'),
})
const listTransfers = createRoute({
  operationId: 'listTransfers',
  tags,
  method: 'get',
  path: '/provider/transfers',
  summary: 'What was transferred to your account with Stripe, newest first',
  request: { query: ListQuery },
  responses: { 200: ok(listOf(Transfer)), ...mayFail('forbidden', 'invalid-cursor') },
})
const listPayouts = createRoute({
  operationId: 'listPayouts',
  tags,
  method: 'get',
  path: '/provider/payouts',
  summary: 'What Stripe paid to your bank, newest first',
  request: { query: ListQuery },
  responses: { 200: ok(listOf(Payout)), ...mayFail('forbidden', 'invalid-cursor') },
})
const getFunds = createRoute({
  operationId: 'getTransferFunds',
  tags,
  method: 'get',
  path: '/admin/transfer-funds',
  summary: 'What is to leave to providers, whether Stripe holds enough of it, and what waits',
  responses: { 200: ok(TransferFunds), ...mayFail('forbidden') },
})
const listLaunches = createRoute({
  operationId: 'listLaunchProviders',
  tags,
  method: 'get',
  path: '/admin/launch-providers',
  summary: 'Launch providers, and how many of their first hundred customers came',
  responses: { 200: ok(listOf(LaunchProvider)), ...mayFail('forbidden') },
})
const addLaunch = createRoute({
  operationId: 'addLaunchProvider',
  tags,
  method: 'post',
  path: '/admin/launch-providers',
  summary: 'Name a launch provider: 90 % for twelve months, and its first hundred customers are free',
  request: { body: json(NewLaunchProvider) },
  responses: { 201: ok(LaunchProvider), ...mayFail('forbidden', 'not-found', 'already-exists', 'conflict') },
})
const endLaunch = createRoute({
  operationId: 'endLaunchProvider',
  tags,
  method: 'delete',
  path: '/admin/launch-providers/{organisation}',
  summary: 'End a launch before its time',
  request: { params: organisationParams },
  responses: { 204: { description: 'Ended' }, ...mayFail('forbidden', 'not-found') },
})

const fileName = (month: string, ending: string) => ({
  'content-disposition': `attachment; filename="bizq-statement-${month}.${ending}"`,
})

export const payoutRoutes = newRouter()
  .openapi(getAccount, async (c) => {
    const { deps, transact } = c.var
    return c.json(await transact((unit) => account.getAccount(unit, deps)), 200)
  })
  .openapi(onboard, async (c) =>
    c.json(await account.createOnboardingLink(c.var.deps, c.var.actor, c.req.valid('json')), 201),
  )
  .openapi(openSession, async (c) =>
    c.json(await account.createAccountSession(c.var.deps, c.var.actor, c.req.valid('json').country), 201),
  )
  .openapi(replace, async (c) => {
    const { deps, actor, transact } = c.var
    await replaceAccount(deps, actor, c.req.valid('json').country)
    return c.json(await transact((unit) => account.getAccount(unit, deps)), 201)
  })
  .openapi(putSchedule, async (c) => {
    const { deps, transact } = c.var
    const { schedule } = c.req.valid('json')
    return c.json(await transact((unit) => account.putSchedule(unit, deps, schedule)), 200)
  })
  .openapi(advance, async (c) => {
    const { deps, actor, transact } = c.var
    await account.advanceClock(deps, actor, c.req.valid('json').days)
    return c.json(await transact((unit) => account.getAccount(unit, deps)), 200)
  })
  .openapi(getEarnings, async (c) =>
    c.json(await c.var.transact((unit) => earnings.getEarnings(unit, c.req.valid('query').month)), 200),
  )
  .openapi(getStatement, async (c) => {
    const { deps, transact } = c.var
    return c.json(
      await transact((unit) => earnings.getStatement(unit, deps, c.req.valid('param').month)),
      200,
    )
  })
  .openapi(getPdf, async (c) => {
    const { deps, transact } = c.var
    const { month } = c.req.valid('param')
    const statement = await transact((unit) => earnings.getStatement(unit, deps, month))
    const pdf = await statementPdf(statement, deps.clock())
    return c.body(new Uint8Array(pdf), 200, { 'content-type': 'application/pdf', ...fileName(month, 'pdf') })
  })
  .openapi(getCsv, async (c) => {
    const { deps, transact } = c.var
    const { month } = c.req.valid('param')
    const statement = await transact((unit) => earnings.getStatement(unit, deps, month))
    const headers = { 'content-type': 'text/csv; charset=utf-8', ...fileName(month, 'csv') }
    return c.body(statementCsv(statement), 200, headers)
  })
  .openapi(listTransfers, async (c) =>
    c.json(await c.var.transact((unit) => earnings.listTransfers(unit, c.req.valid('query'))), 200),
  )
  .openapi(listPayouts, async (c) =>
    c.json(await c.var.transact((unit) => earnings.listPayouts(unit, c.req.valid('query'))), 200),
  )
  .openapi(getFunds, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json(await getTransferFunds(c.var.deps, c.var.actor), 200)
  })
  .openapi(listLaunches, async (c) => {
    requireScope(c.var.actor, '*')
    const { deps, transact } = c.var
    return c.json(await transact((unit) => launch.listLaunchProviders(unit, deps)), 200)
  })
  .openapi(addLaunch, async (c) => {
    requireScope(c.var.actor, '*')
    const { deps, transact } = c.var
    return c.json(
      await transact((unit) => launch.addLaunchProvider(unit, deps, c.req.valid('json').provider)),
      201,
    )
  })
  .openapi(endLaunch, async (c) => {
    requireScope(c.var.actor, '*')
    const { deps, transact } = c.var
    await transact((unit) => launch.endLaunchProvider(unit, deps, c.req.valid('param').organisation))
    return c.body(null, 204)
  })
