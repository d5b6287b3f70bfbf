import type { Caller } from './caller.ts'
import { until } from './polling.ts'

interface Action {
  id: string
  type: string
  state: string
  version: string
  confidence: number
  canUndo: boolean
  effect: { state: string } | null
}

/** How many of the first actions of a type are approved, so that there is a history to look at. */
const approvals: Record<string, number> = {
  'expense.categorise': 14,
  'stock.reorder': 2,
  'bill.reschedule': 2,
}

/** Approves some actions, rejects one of each kind and takes one back, as an operator would on a first morning. */
export async function decideSome(owner: Caller): Promise<number> {
  const { items: decided } = await owner.get<{ items: Action[] }>('/actions?state=applied&limit=1')
  if (decided.length > 0) return 0
  let count = 0
  for (const [type, many] of Object.entries(approvals)) {
    const { items } = await owner.get<{ items: Action[] }>(`/actions?state=proposed&type=${type}&limit=100`)
    if (items.length < many + 2) continue
    const sure = items.toSorted((a, b) => b.confidence - a.confidence)
    for (const action of sure.slice(0, many)) await decide(owner, action, { decision: 'approve' })
    const last = sure.at(-1)
    if (last) await decide(owner, last, { decision: 'reject', reason: { code: 'bad-timing' } })
    count += many + 1
    if (type === 'bill.reschedule' && sure[0]) await takeBack(owner, sure[0])
  }
  return count
}

function decide(owner: Caller, { id, version }: Action, decision: object): Promise<Action> {
  return owner.post<Action>(`/actions/${id}/decision`, { version, ...decision })
}

async function takeBack(owner: Caller, { id }: Action): Promise<void> {
  const applied = await until(
    'carrying out an action',
    () => owner.get<Action>(`/actions/${id}`),
    ({ state }) => state !== 'approved',
  )
  if (applied.canUndo) await owner.post(`/actions/${id}/undo`)
}
