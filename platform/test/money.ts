import { expect } from 'vitest'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../src/db/unit-of-work.ts'
import { ensurePlatform } from '../src/features/identity/index.ts'
import { verifyLedger } from '../src/features/ledger/index.ts'
import { moneyChecks } from '../src/ledger-checks.ts'
import type { Platform } from './harness.ts'

/** Does something as the platform, and looks that all that must hold of the money holds after it. */
export async function asPlatform<T>(
  { deps }: Pick<Platform, 'deps'>,
  work: (unit: UnitOfWork) => Promise<T>,
): Promise<T> {
  const platform = await ensurePlatform(deps)
  const value = await withUnitOfWork(deps, systemActor(platform, 'platform'), work)
  await expectSound({ deps })
  return value
}

/** Every invariant of the money, over all that the database holds. */
export async function expectSound({ deps }: Pick<Platform, 'deps'>): Promise<void> {
  const verdict = await verifyLedger(deps, await ensurePlatform(deps), moneyChecks)
  expect(verdict.checks.filter(({ faults }) => faults.length > 0)).toEqual([])
}
