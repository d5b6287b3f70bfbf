import { decodeId } from '@bizq/sdk/contract'
import { sql } from 'kysely'
import { expect } from 'vitest'
import { test } from '../../test/harness.ts'
import { audit } from '../features/audit/index.ts'
import { systemActor, withUnitOfWork } from './unit-of-work.ts'

test('after a unit its connection belongs to no organisation', async ({ platform, operator }) => {
  const actor = systemActor(decodeId('org', operator.organisation))
  const { rows } = await withUnitOfWork(platform.deps, actor, ({ tx }) =>
    sql<{
      pid: number
      count: number
    }>`select pg_backend_pid() as pid, count(*)::int as count from bizq.organisations`.execute(tx),
  )
  expect(rows).toMatchObject([{ count: 1 }])
  for (;;) {
    const left = await platform.deps.pools.app.query(
      `select pg_backend_pid() as pid, (select count(*)::int from bizq.organisations) as count`,
    )
    expect(left.rows).toMatchObject([{ count: 0 }])
    if (left.rows[0].pid === rows[0]?.pid) return
  }
})

test('what a listener refuses did not happen', async ({ platform, operator }) => {
  const actor = systemActor(decodeId('org', operator.organisation))
  const count = () =>
    withUnitOfWork(
      platform.deps,
      actor,
      async ({ tx }) =>
        (await sql<{ entries: number }>`select count(*)::int as entries from bizq.audit_entries`.execute(tx))
          .rows,
    )
  const before = await count()
  const listeners = [...platform.deps.listeners, () => Promise.reject(new Error('no'))]
  const refused = withUnitOfWork({ ...platform.deps, listeners }, actor, async (unit) => {
    await audit(unit, 'test.refused', {})
    unit.emit('organisation.resumed', {})
  })
  await expect(refused).rejects.toThrow('no')
  expect(await count()).toEqual(before)
})

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
