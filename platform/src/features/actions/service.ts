import { decodeId, encodeId, idPrefixes, type ActionType, type StateOf } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { decodeCursor, pageOf, type PageQuery } from '../../http/pagination.ts'
import { ProblemError, problems } from '../../problems.ts'
import * as bulk from './decide-bulk.ts'
import * as decide from './decide.ts'
import { countAllDecided } from './decision-store.ts'
import * as lists from './list-store.ts'
import { presentActions } from './present.ts'
import type { Action, BulkDecision, BulkResult, Decision } from './schemas.ts'
import * as store from './store.ts'
import * as undo from './undo.ts'

export interface ActionQuery extends PageQuery {
  state?: StateOf<'action'>[] | undefined
  business?: string | undefined
  service?: string | undefined
  subscription?: string | undefined
  execution?: string | undefined
  type?: ActionType | undefined
  sort: 'money' | 'risk' | 'newest'
}

const uuidOf = (prefix: string, id: string | undefined) =>
  id === undefined ? undefined : decodeId(prefix, id)

/** Actions as their operator reads them, most money or risk first, or newest. */
export async function listActions(unit: UnitOfWork, query: ActionQuery) {
  const rows = await lists.listActions(unit.tx, {
    states: query.state,
    business: uuidOf(idPrefixes.business, query.business),
    service: uuidOf(idPrefixes.service, query.service),
    subscription: uuidOf(idPrefixes.subscription, query.subscription),
    execution: uuidOf(idPrefixes.execution, query.execution),
    type: query.type,
    sort: query.sort,
    after: decodeCursor(query.cursor, z.tuple([z.number(), z.number(), z.uuid()])),
    limit: query.limit,
  })
  const page = pageOf(rows, query.limit, ({ place }) => place)
  return {
    items: await presentActions(
      unit,
      page.items.map(({ row }) => row),
    ),
    next: page.next,
  }
}

async function presentOne(unit: UnitOfWork, row: store.ActionRow): Promise<Action> {
  const [action] = await presentActions(unit, [row])
  if (!action) throw new ProblemError('not-found')
  return action
}

export async function getAction(unit: UnitOfWork, id: string): Promise<Action> {
  const [row] = await store.findActions(unit.tx, [decodeId(idPrefixes.action, id)])
  if (!row) throw new ProblemError('not-found', { detail: 'There is no such action in your organisation.' })
  return presentOne(unit, row)
}

export async function decideAction(unit: UnitOfWork, id: string, decision: Decision): Promise<Action> {
  return presentOne(unit, await decide.decideAction(unit, id, decision))
}

export async function decideActions(
  unit: UnitOfWork,
  decision: BulkDecision,
): Promise<z.infer<typeof BulkResult>> {
  const results = await bulk.decideActions(unit, decision)
  return {
    items: results.map(({ id, state, problem }) => ({
      action: encodeId(idPrefixes.action, id),
      state,
      problem: problem && {
        type: `https://bizq.dev/problems/${problem.slug}`,
        title: problems[problem.slug][1],
        status: problem.status,
        ...(problem.details.detail === undefined ? {} : { detail: problem.details.detail }),
      },
    })),
  }
}

export async function undoAction(unit: UnitOfWork, id: string): Promise<Action> {
  return presentOne(unit, await undo.undoAction(unit, id))
}

/** Of these executions (UUIDs), those whose actions are undecided or can still be undone: their inputs are kept. */
export async function listHeldExecutions(unit: UnitOfWork, executions: readonly string[]): Promise<string[]> {
  return store.listHeld(unit.tx, executions)
}

/** How many actions wait for a decision, by business (UUID). */
export async function countWaitingActions(unit: UnitOfWork): Promise<Map<string, number>> {
  return store.countWaiting(unit.tx)
}

/** Actions that policies carried out and want told, of the last 24 hours. */
export async function listTold(unit: UnitOfWork, limit: number): Promise<Action[]> {
  return presentActions(unit, await lists.listTold(unit.tx, new Date(Date.now() - 86_400_000), limit))
}

/** Of these subscriptions (`sub_…`), those with an action that nobody has decided. */
export async function listWaitingSubscriptions(
  unit: UnitOfWork,
  subscriptions: readonly string[],
): Promise<Set<string>> {
  const ids = subscriptions.map((id) => decodeId(idPrefixes.subscription, id))
  const waiting = await store.listWaitingSubscriptions(unit.tx, ids)
  return new Set(waiting.map((id) => encodeId(idPrefixes.subscription, id)))
}

/** How many actions of a subscription (UUID) were decided, by persons or by policies. */
export async function countDecidedActions(unit: UnitOfWork, subscription: string): Promise<number> {
  return countAllDecided(unit.tx, subscription)
}
