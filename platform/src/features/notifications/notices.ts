import { ActionType, encodeId, idPrefixes, idSchema, Money } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import type { Deps } from '../../deps.ts'
import { listTold, listWaitingSubscriptions } from '../actions/index.ts'
import { listFruitless } from '../executions/index.ts'
import { listReleaseNotices } from '../subscriptions/index.ts'
import { listMoneyNotices } from './money-store.ts'
import { moneyWords, presentOf } from './money.ts'

const Named = z.object({ id: z.string(), name: z.string() })

export const Notice = z
  .object({
    kind: z.enum(['applied', 'none-stood', 'release', 'money']).openapi({
      description:
        'applied: a policy let an action be carried out and says to tell you. none-stood: a service proposed something, and nothing of it could be put before you. release: something became of the version that a subscription has. money: something became of what you pay or earn.',
    }),
    at: z.iso.datetime(),
    business: Named.or(z.null()).openapi({ description: 'None of money' }),
    service: Named.or(z.null()),
    subscription: idSchema(idPrefixes.subscription).or(z.null()),
    execution: idSchema(idPrefixes.execution).nullable(),
    action: z
      .object({
        id: idSchema(idPrefixes.action),
        type: ActionType,
        sentence: z.string(),
        canUndo: z.boolean(),
      })
      .nullable(),
    proposed: z.int().nullable().openapi({ description: 'Of none-stood: how many proposals there were' }),
    reasons: z
      .array(z.object({ code: z.string(), detail: z.string(), count: z.int() }))
      .openapi({ description: 'Of none-stood: why, most frequent first' }),
    release: z
      .object({
        what: z.enum(['ends', 'suspended', 'withdrawn', 'returned', 'ended']),
        version: z.string(),
        endsAt: z.iso.datetime().nullable(),
        words: z.string().nullable(),
      })
      .nullable()
      .openapi({
        description:
          'Of release. ends: it stops on that day. returned: the subscription came back from it. ended: the subscription ended with it.',
      }),
    money: z
      .object({
        what: z.enum(moneyWords),
        about: z.string().or(z.null()).openapi({
          description: 'The invoice, subscription, transfer or payout that it is about',
        }),
        amount: Money.or(z.null()),
        until: z.iso
          .datetime()
          .or(z.null())
          .openapi({ description: 'When a trial ends, or it is tried again' }),
        words: z.string().or(z.null()).openapi({ description: 'Stripe’s reason, a plan, or a state' }),
      })
      .or(z.null())
      .openapi({
        description: 'Of money, for the last thirty days of the account’s own time; of one thing the newest',
      }),
  })
  .openapi('Notice')
type Notice = z.infer<typeof Notice>

const most = 50

/** What an operator is to be told without being asked, newest first. */
export async function listNotices(unit: UnitOfWork, deps: Deps): Promise<Notice[]> {
  const notices = [
    ...(await toldActions(unit)),
    ...(await fruitlessRuns(unit, deps)),
    ...(await ofReleases(unit, deps)),
    ...(await ofMoney(unit)),
  ]
  return notices.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, most)
}

async function toldActions(unit: UnitOfWork): Promise<Notice[]> {
  return (await listTold(unit, most)).map(
    ({ id, type, sentence, canUndo, business, service, ...action }) => ({
      kind: 'applied',
      at: action.decision?.at ?? action.proposedAt,
      business: { id: business.id, name: business.name },
      service: { id: service.id, name: service.name },
      subscription: action.subscription,
      execution: action.execution,
      action: { id, type, sentence, canUndo },
      proposed: null,
      reasons: [],
      release: null,
      money: null,
    }),
  )
}

/** While something of the subscription waits for a decision, its queue speaks for itself. */
async function fruitlessRuns(unit: UnitOfWork, deps: Deps): Promise<Notice[]> {
  const runs = await listFruitless(unit, deps, most)
  const waiting = await listWaitingSubscriptions(
    unit,
    runs.map(({ subscription }) => subscription),
  )
  return runs
    .filter(({ subscription }) => !waiting.has(subscription))
    .map(({ id, business, service, subscription, output, finishedAt, queuedAt }) => ({
      kind: 'none-stood',
      at: finishedAt ?? queuedAt,
      business,
      service: { id: service.id, name: service.name },
      subscription,
      execution: id,
      action: null,
      proposed: output?.dropped.length ?? 0,
      reasons: countReasons(output?.dropped ?? []),
      release: null,
      money: null,
    }))
}

async function ofReleases(unit: UnitOfWork, deps: Deps): Promise<Notice[]> {
  return (await listReleaseNotices(unit, deps, most)).map(
    ({ at, subscription, business, service, what, version, endsAt, words }) => ({
      kind: 'release',
      at: at.toISOString(),
      business: { id: encodeId(idPrefixes.business, business.id), name: business.name },
      service: { id: encodeId(idPrefixes.service, service.id), name: service.name },
      subscription: encodeId(idPrefixes.subscription, subscription),
      execution: null,
      action: null,
      proposed: null,
      reasons: [],
      release: { what, version, endsAt: endsAt?.toISOString() ?? null, words },
      money: null,
    }),
  )
}

const moneyDays = 30

/** A program that may not read what is paid for is told nothing of it. */
async function ofMoney(unit: UnitOfWork): Promise<Notice[]> {
  const { scopes } = unit.actor
  if (!scopes.includes('*') && !scopes.includes('billing:read')) return []
  const since = new Date((await presentOf(unit)).getTime() - moneyDays * 86_400_000)
  return (await listMoneyNotices(unit.tx, since, most)).map(({ what, facts, at }) => ({
    kind: 'money',
    at: at.toISOString(),
    business: null,
    service: null,
    subscription: null,
    execution: null,
    action: null,
    proposed: null,
    reasons: [],
    release: null,
    money: { what, ...facts },
  }))
}

function countReasons(dropped: readonly { code: string; detail: string }[]): Notice['reasons'] {
  const groups = Map.groupBy(dropped, ({ code, detail }) => `${code} ${detail}`)
  return [...groups.values()]
    .flatMap(([first, ...more]) =>
      first ? [{ code: first.code, detail: first.detail, count: more.length + 1 }] : [],
    )
    .sort((a, b) => b.count - a.count)
}
