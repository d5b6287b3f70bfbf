import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { monthOf, toMoney } from '../ledger/index.ts'
import { decodeCursor, pageOf } from '../../http/pagination.ts'
import { z } from '@hono/zod-openapi'
import { requireProviderReader } from './account.ts'
import { findAccount, listPayouts as listPayoutRows } from './account-store.ts'
import { providerNow } from './schedule.ts'
import * as store from './earning-store.ts'
import type {
  Earnings,
  EarningsLine,
  EarningsTotal,
  ListQuery,
  Payout,
  Statement,
  Transfer,
} from './schemas.ts'
import { listTransfers as listTransferRows } from './transfer-store.ts'
import { findOrganisation } from './party-store.ts'

const newest = 12

/** The present of the unit's provider: a test clock may have put it ahead. */
export async function providerPresent(unit: UnitOfWork): Promise<Date> {
  return providerNow(unit, await findAccount(unit.tx))
}

type Amounts = Pick<
  store.FigureRow,
  'gross' | 'credit' | 'conversion' | 'platform' | 'processing' | 'share' | 'refunded'
>

function figuresOf(row: Amounts, currency: string): EarningsTotal {
  return {
    gross: toMoney(row.gross, currency),
    credit: toMoney(row.credit, currency),
    conversion: toMoney(row.conversion, currency),
    platformFee: toMoney(row.platform, currency),
    processing: toMoney(row.processing, currency),
    share: toMoney(row.share, currency),
    refunded: toMoney(row.refunded, currency),
    net: toMoney(BigInt(row.share) - BigInt(row.refunded), currency),
  }
}

const serviceOf = (row: { service_id: string; service_name: string }) => ({
  id: encodeId(idPrefixes.service, row.service_id),
  name: row.service_name,
})

function toLine(row: store.FigureRow): EarningsLine {
  return { month: row.month, service: serviceOf(row), lines: row.lines, ...figuresOf(row, row.currency) }
}

function totalsOf(rows: readonly store.FigureRow[]): EarningsTotal[] {
  const sum = (of: readonly store.FigureRow[], name: keyof Amounts) =>
    String(of.reduce((all, row) => all + BigInt(row[name]), 0n))
  return [...Map.groupBy(rows, ({ currency }) => currency)].sort().map(([currency, of]) =>
    figuresOf(
      {
        gross: sum(of, 'gross'),
        credit: sum(of, 'credit'),
        conversion: sum(of, 'conversion'),
        platform: sum(of, 'platform'),
        processing: sum(of, 'processing'),
        share: sum(of, 'share'),
        refunded: sum(of, 'refunded'),
      },
      currency,
    ),
  )
}

/** What was earned, by service and month: never by who paid. */
export async function getEarnings(unit: UnitOfWork, month: string | undefined): Promise<Earnings> {
  requireProviderReader(unit.actor)
  const months = await store.listMonths(unit.tx)
  const rows = await store.listByMonth(unit.tx, month === undefined ? months.slice(0, newest) : [month])
  return { month: month ?? null, months, totals: totalsOf(rows), items: rows.map(toLine) }
}

/** A month of the provider's account with the platform: what was there, what came and went, and what is left. */
export async function getStatement(unit: UnitOfWork, deps: Deps, month: string): Promise<Statement> {
  requireProviderReader(unit.actor)
  const from = new Date(`${month}-01T00:00:00.000Z`)
  const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1))
  const [movements, paid, taken, transfers, returned] = [
    await store.listMovements(unit.tx, from, to),
    await store.listPaidIn(unit.tx, from, to),
    await store.listTakenIn(unit.tx, from, to),
    await store.listTransfersIn(unit.tx, from, to),
    await store.listReturnedIn(unit.tx, from, to),
  ]
  const own = await findOrganisation(deps.directory, unit.actor.organisation)
  return {
    month,
    isFinal: month < monthOf(await providerPresent(unit)),
    provider: own?.name ?? '',
    balances: movements.map(({ currency, ...row }) => {
      const sum = (...amounts: string[]) => amounts.reduce((all, amount) => all + BigInt(amount), 0n)
      const closing = sum(row.opening, row.earned, row.returned) - sum(row.taken, row.transferred)
      return {
        opening: toMoney(row.opening, currency),
        earned: toMoney(row.earned, currency),
        refunded: toMoney(row.taken, currency),
        transferred: toMoney(row.transferred, currency),
        returned: toMoney(row.returned, currency),
        closing: toMoney(closing, currency),
      }
    }),
    earned: paid.map((row) => toLine({ ...row, refunded: '0' })),
    refunds: taken.map((row) => ({
      month: row.month,
      service: serviceOf(row),
      cause: row.cause,
      amount: toMoney(row.amount, row.currency),
    })),
    transfers: transfers.map((row) => ({
      id: encodeId(idPrefixes.transfer, row.id),
      at: row.made_at?.toISOString() ?? '',
      amount: toMoney(row.amount, row.currency),
      account: row.destination,
    })),
    reversals: returned.map((row) => ({
      id: encodeId(idPrefixes.transferReversal, row.id),
      transfer: encodeId(idPrefixes.transfer, row.transfer_id),
      at: row.made_at?.toISOString() ?? '',
      amount: toMoney(row.amount, row.currency),
    })),
    mode: deps.stripe.mode,
  }
}

const Place = z.tuple([z.iso.datetime(), z.uuid()])

export async function listTransfers(unit: UnitOfWork, query: ListQuery) {
  requireProviderReader(unit.actor)
  const rows = await listTransferRows(unit.tx, {
    after: decodeCursor(query.cursor, Place),
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, (row) => [row.planned_at.toISOString(), row.id])
  const items = page.items.map((row): Transfer => ({
    id: encodeId(idPrefixes.transfer, row.id),
    amount: toMoney(row.amount, row.currency),
    reversed: toMoney(row.reversed, row.currency),
    state: row.state,
    at: row.planned_at.toISOString(),
    madeAt: row.made_at?.toISOString() ?? null,
    failure: row.refusal,
    stripe: row.stripe_transfer,
    account: row.destination,
  }))
  return { items, next: page.next }
}

export async function listPayouts(unit: UnitOfWork, query: ListQuery) {
  requireProviderReader(unit.actor)
  const rows = await listPayoutRows(unit.tx, { after: decodeCursor(query.cursor, Place), limit: query.limit })
  const page = pageOf(rows, query.limit, (row) => [row.made_at.toISOString(), row.id])
  const items = page.items.map((row): Payout => ({
    id: encodeId(idPrefixes.payout, row.id),
    amount: toMoney(row.amount, row.currency),
    state: row.state,
    at: row.made_at.toISOString(),
    arrivesAt: row.arrives_at.toISOString(),
    failure: row.failure,
    stripe: row.stripe_payout,
  }))
  return { items, next: page.next }
}
