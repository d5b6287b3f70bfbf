import { decodeId } from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork } from '../src/db/unit-of-work.ts'
import type { Deps } from '../src/deps.ts'
import { listEffectsOf, type EffectRow } from '../src/features/actions/effect-store.ts'
import { carryOut } from '../src/features/actions/index.ts'
import type { Platform } from './harness.ts'
import type { Person } from './people.ts'
import { actionId, addBill, inDays, type Desk } from './proposals.ts'

/** A proposal to move a bill, as its operator reads it. */
export async function proposed(desk: Desk, operator: Person, bill?: string, dueAt = inDays(10)) {
  const { actions } = await desk.propose([{ parameters: { bill: bill ?? (await addBill(desk)), dueAt } }])
  return read(operator, actionId(actions[0] ?? ''))
}

export const read = async (operator: Person, id: string) => (await operator.get(`/v1/actions/${id}`)).body

export const decide = (
  person: Person,
  action: { id: string; version: string },
  body: object = { decision: 'approve' },
) => person.post(`/v1/actions/${action.id}/decision`, { version: action.version, ...body })

export function effectOf(platform: Platform, operator: Person, id: string): Promise<EffectRow | undefined> {
  const actor = systemActor(decodeId('org', operator.organisation))
  return withUnitOfWork(
    platform.deps,
    actor,
    async ({ tx }) => (await listEffectsOf(tx, [decodeId('act', id)]))[0],
  )
}

/** What the worker does with the job of an approval; `change` replaces what it reaches the outside by. */
export async function carry(
  platform: Platform,
  operator: Person,
  id: string,
  change: Partial<Deps> = {},
): Promise<void> {
  const effect = await effectOf(platform, operator, id)
  if (!effect) throw new Error('there is nothing to carry out')
  await carryOut(
    { ...platform.deps, ...change },
    {
      organisation: decodeId('org', operator.organisation),
      action: decodeId('act', id),
      effect: effect.id,
    },
  )
}

/** Changes the base policy of an operator, so that one decided action is enough to trust a service. */
export async function trust(operator: Person, settings: object = {}): Promise<void> {
  const [current] = (await operator.get('/v1/policies')).body.items
  const body = { kind: 'base', settings: { ...current.body.settings, askFirst: 1, ...settings } }
  await operator.send('PUT', `/v1/policies/${current.id}`, { name: 'Base', isEnabled: true, body })
}

/** An operator who has accepted an action of the service: the next small and sure ones are automatic. */
export async function trusted(platform: Platform, operator: Person, desk: Desk): Promise<void> {
  await trust(operator)
  const action = await proposed(desk, operator)
  await decide(operator, action)
  await carry(platform, operator, action.id)
}
