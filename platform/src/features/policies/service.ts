import { decodeId, encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { z } from '@hono/zod-openapi'
import type { UnitOfWork } from '../../db/unit-of-work.ts'
import { requireRole } from '../../http/authorise.ts'
import { ProblemError } from '../../problems.ts'
import { audit } from '../audit/index.ts'
import { evaluate } from './evaluate.ts'
import {
  BaseSettings,
  Facts,
  PolicyBody,
  type Outcome,
  type Policy,
  type PolicyChange,
  type Trial,
  type Verdict,
} from './schemas.ts'
import * as store from './store.ts'

/** The base policy of an organisation has the organisation's own UUID, so that it is there before it was ever saved. */
function basePolicy(organisation: string): Policy {
  return {
    id: encodeId(idPrefixes.policy, organisation),
    name: 'Base policy',
    isEnabled: true,
    body: { kind: 'base', settings: BaseSettings.parse({}) },
    updatedAt: null,
  }
}

type PolicyRow = Awaited<ReturnType<typeof store.listPolicies>>[number]

function toPolicy(row: PolicyRow): Policy {
  return {
    id: encodeId(idPrefixes.policy, row.id),
    name: row.name,
    isEnabled: row.is_enabled,
    body: PolicyBody.parse(row.body),
    updatedAt: row.updated_at.toISOString(),
  }
}

/** All policies, the base policy first. */
export async function listPolicies(unit: UnitOfWork): Promise<Policy[]> {
  const saved = (await store.listPolicies(unit.tx)).map(toPolicy)
  const base = basePolicy(unit.actor.organisation)
  return [
    saved.find((policy) => policy.id === base.id) ?? base,
    ...saved.filter((policy) => policy.id !== base.id),
  ]
}

/** Makes a policy or changes it. The base policy can be changed, not switched off. */
export async function putPolicy(
  unit: UnitOfWork,
  id: string,
  change: z.infer<typeof PolicyChange>,
): Promise<Policy> {
  requireRole(unit.actor, 'owner')
  const isBase = id === basePolicy(unit.actor.organisation).id
  if (isBase !== (change.body.kind === 'base')) {
    throw new ProblemError('policy-invalid', {
      detail: 'There is one base policy, and all others are rules.',
      errors: [{ pointer: '/body/kind', detail: isBase ? 'must be base' : 'must be rule' }],
    })
  }
  if (isBase && !change.isEnabled) {
    throw new ProblemError('policy-invalid', {
      detail: 'The base policy cannot be switched off.',
      errors: [{ pointer: '/isEnabled', detail: 'must be true' }],
    })
  }
  const row = await store.savePolicy(
    unit.tx,
    unit.actor.organisation,
    decodeId(idPrefixes.policy, id),
    change,
  )
  await audit(unit, 'policy.put', { policy: id, isEnabled: change.isEnabled, body: change.body })
  return toPolicy(row)
}

/** Removes a rule; the base policy goes back to what it was at first. */
export async function deletePolicy(unit: UnitOfWork, id: string): Promise<void> {
  requireRole(unit.actor, 'owner')
  if (!(await store.deletePolicy(unit.tx, decodeId(idPrefixes.policy, id))))
    throw new ProblemError('not-found')
  await audit(unit, 'policy.delete', { policy: id })
}

/** What the policies say of a proposal; the facts are kept, so that another policy can be tried on them. */
export async function judge(unit: UnitOfWork, action: string, facts: Facts): Promise<Verdict> {
  const verdict = evaluate(await listPolicies(unit), facts)
  await store.saveFacts(unit.tx, unit.actor.organisation, action, facts, verdict.outcome)
  return verdict
}

/** The same without keeping anything: for many proposals with the policies read once. */
export async function openJudge(unit: UnitOfWork): Promise<(facts: Facts) => Verdict> {
  const policies = await listPolicies(unit)
  return (facts) => evaluate(policies, facts)
}

/** Keeps the facts that verdicts were found on. */
export async function keepFacts(
  unit: UnitOfWork,
  judged: readonly { action: string; facts: Facts; outcome: Outcome }[],
): Promise<void> {
  if (judged.length > 0) await store.saveManyFacts(unit.tx, unit.actor.organisation, judged)
}

/** The facts that an action was judged on. */
export async function findFacts(unit: UnitOfWork, action: string): Promise<Facts> {
  const row = await store.findFacts(unit.tx, action)
  if (!row) throw new ProblemError('not-found')
  return Facts.parse(row.facts)
}

const trialDays = 90
const trialLimit = 1_000

/** What would have happened to the proposals of the last 90 days if this policy had stood as given. Changes nothing. */
export async function tryPolicy(
  unit: UnitOfWork,
  id: string,
  change: z.infer<typeof PolicyChange>,
): Promise<z.infer<typeof Trial>> {
  const others = (await listPolicies(unit)).filter((policy) => policy.id !== id)
  const policies = [...others, { id, ...change, updatedAt: null }]
  const rows = await store.listFacts(unit.tx, new Date(Date.now() - trialDays * 86_400_000), trialLimit)
  const items = rows.map((row) => {
    const facts = Facts.parse(row.facts)
    const verdict = evaluate(policies, facts)
    return {
      action: encodeId(idPrefixes.action, row.action_id),
      at: row.at.toISOString(),
      type: facts.type,
      before: row.outcome,
      after: verdict.outcome,
      verdict,
    }
  })
  const counts: Record<Outcome, number> = { apply: 0, 'apply-and-tell': 0, ask: 0, 'ask-two': 0, block: 0 }
  for (const item of items) counts[item.after]++
  return {
    tried: items.length,
    changed: items.filter((item) => item.before !== item.after).length,
    outcomes: counts,
    items,
  }
}
