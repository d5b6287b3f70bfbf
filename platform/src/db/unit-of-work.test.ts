import { decodeId } from '@bizq/sdk/contract'
import { sql } from 'kysely'
import { expect } from 'vitest'
import { test } from '../../test/harness.ts'
import { systemActor, withUnitOfWork } from './unit-of-work.ts'

test('two units that wait for each other both come to an end', async ({ platform, operator }) => {
  const actor = systemActor(decodeId('org', operator.organisation))
  const both = Promise.withResolvers<void>()
  let ready = 0
  const told: string[] = []
  const unitOf = (first: number, second: number) =>
    withUnitOfWork(platform.deps, actor, async ({ tx, afterCommit }) => {
      afterCommit(() => told.push(`${first}`))
      await sql`select pg_advisory_xact_lock(${first})`.execute(tx)
      if (++ready === 2) both.resolve()
      await both.promise
      await sql`select pg_advisory_xact_lock(${second})`.execute(tx)
      return first
    })
  expect(await Promise.all([unitOf(1, 2), unitOf(2, 1)])).toEqual([1, 2])
  expect(told.sort()).toEqual(['1', '2'])
})
