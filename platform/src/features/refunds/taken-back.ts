import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import type { TakenBack } from '../billing/index.ts'
import { planOfLine } from './plan.ts'
import { settleRefund } from './settle.ts'
import { listOwnPlanned, listOwnTakeBacks } from './taken-back-store.ts'
import type { RefundCause } from './schemas.ts'

interface TakeBack {
  id: string
  line_id: string
  cause: RefundCause
  amount: number | string
}

/** Makes a refund to account credit of what was taken back of a line: once. */
export async function planTakeBack(unit: UnitOfWork, back: TakeBack): Promise<void> {
  const planned = { cause: back.cause, causeId: back.id, way: 'account_credit' } as const
  await planOfLine(unit, back.line_id, planned, () => BigInt(back.amount))
}

const most = 500

async function planAll(unit: UnitOfWork): Promise<void> {
  for (const back of await listOwnTakeBacks(unit.tx, most)) await planTakeBack(unit, back)
}

/** What billing needs of refunds, which stand after it: an invoice counts what was taken back before it. */
export const takenBack: TakenBack = {
  settle: async (deps, organisation) => {
    const planned = await withUnitOfWork(deps, systemActor(organisation), async (unit) => {
      await planAll(unit)
      return listOwnPlanned(unit.tx, ['paid'])
    })
    for (const { id: refund } of planned) await settleRefund(deps, { organisation, refund })
  },
  foresee: async (unit, { isOpenPaid }) => {
    await planAll(unit)
    const planned = await listOwnPlanned(unit.tx, isOpenPaid ? ['paid', 'open', 'draft'] : ['paid'])
    return planned.reduce((sum, { credit }) => sum + BigInt(credit), 0n)
  },
}
