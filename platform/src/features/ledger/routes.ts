import { createRoute, z } from '@hono/zod-openapi'
import { requireScope } from '../../http/authorise.ts'
import { listOf, mayFail, newRouter, ok } from '../../http/router.ts'
import * as read from './read.ts'
import {
  BalanceQuery,
  EntryQuery,
  LedgerBalance,
  LedgerCause,
  LedgerEntry,
  LedgerEntryId,
  LedgerTotal,
  LedgerTrace,
  TotalQuery,
} from './schemas.ts'

const tags = ['ledger']

const balances = createRoute({
  operationId: 'listLedgerAccounts',
  tags,
  method: 'get',
  path: '/admin/ledger/accounts',
  summary: 'What each account of the ledger comes to, in each currency',
  request: { query: BalanceQuery },
  responses: { 200: ok(listOf(LedgerBalance)), ...mayFail('forbidden', 'invalid-cursor') },
})
const entries = createRoute({
  operationId: 'listLedgerEntries',
  tags,
  method: 'get',
  path: '/admin/ledger/entries',
  summary: 'What was booked, newest first',
  request: { query: EntryQuery },
  responses: { 200: ok(listOf(LedgerEntry)), ...mayFail('forbidden', 'invalid-cursor') },
})
const totals = createRoute({
  operationId: 'sumLedgerPostings',
  tags,
  method: 'get',
  path: '/admin/ledger/totals',
  summary: 'What the postings that match come to, in each account and currency',
  request: { query: TotalQuery },
  responses: { 200: ok(listOf(LedgerTotal)), ...mayFail('forbidden') },
})
const entry = createRoute({
  operationId: 'getLedgerEntry',
  tags,
  method: 'get',
  path: '/admin/ledger/entries/{entry}',
  summary: 'One entry with its postings',
  request: { params: z.object({ entry: LedgerEntryId }) },
  responses: { 200: ok(LedgerEntry), ...mayFail('forbidden', 'not-found') },
})
const trace = createRoute({
  operationId: 'traceLedgerCause',
  tags,
  method: 'get',
  path: '/admin/ledger/causes/{type}/{id}',
  summary: 'All that was booked for a cause, what it follows from and what followed from it',
  request: { params: LedgerCause },
  responses: { 200: ok(LedgerTrace), ...mayFail('forbidden', 'not-found') },
})

export const ledgerRoutes = newRouter()
  .openapi(balances, async (c) => {
    requireScope(c.var.actor, '*')
    const { deps, transact } = c.var
    return c.json(await transact((unit) => read.listBalances(unit, deps, c.req.valid('query'))), 200)
  })
  .openapi(entries, async (c) => {
    requireScope(c.var.actor, '*')
    const { deps, transact } = c.var
    return c.json(await transact((unit) => read.listEntries(unit, deps, c.req.valid('query'))), 200)
  })
  .openapi(totals, async (c) => {
    requireScope(c.var.actor, '*')
    return c.json(await c.var.transact((unit) => read.sumPostings(unit, c.req.valid('query'))), 200)
  })
  .openapi(entry, async (c) => {
    requireScope(c.var.actor, '*')
    const { deps, transact } = c.var
    return c.json(await transact((unit) => read.getEntry(unit, deps, c.req.valid('param').entry)), 200)
  })
  .openapi(trace, async (c) => {
    requireScope(c.var.actor, '*')
    const { deps, transact } = c.var
    return c.json(await transact((unit) => read.traceCause(unit, deps, c.req.valid('param'))), 200)
  })
