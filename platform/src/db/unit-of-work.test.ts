import { decodeId } from '@bizq/sdk/contract'
import { sql } from 'kysely'
import { expect } from 'vitest'
import { test } from '../../test/harness.ts'
import { audit } from '../features/audit/index.ts'
import { platformPerson, type Person } from '../../test/people.ts'
import { systemActor, withinTenant, withUnitOfWork, type UnitOfWork } from './unit-of-work.ts'

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

test('the platform does a part of its transaction within a tenant, told and kept there, and nobody else does', async ({
  platform,
  operator,
}) => {
  const admin = await platformPerson(platform, 'manager')
  const own = systemActor(decodeId('org', admin.organisation), 'platform')
  const tenant = { organisation: decodeId('org', operator.organisation), kind: 'operator' as const }
  const seen: string[] = []
  const source = {
    ...platform.deps,
    listeners: [
      ...platform.deps.listeners,
      async ({ tx, actor }: UnitOfWork) => {
        const { rows } = await sql<{
          id: string
        }>`select organisation_id as id from bizq.organisations`.execute(tx)
        seen.push(...rows.map(({ id }) => id), actor.organisation)
      },
    ],
  }
  const within = () =>
    withUnitOfWork(source, own, async (unit) => {
      await withinTenant(unit, tenant, async (part) => {
        await audit(part, 'test.within', {})
        part.emit('organisation.resumed', {})
      })
      await audit(unit, 'test.own', {})
    })
  await within()
  expect(seen).toEqual([tenant.organisation, tenant.organisation])
  const logOf = async (person: Person, action: string) =>
    (await person.get(`/v1/audit?action=${action}`)).body.items.length
  expect(await logOf(operator, 'test.within')).toBe(1)
  expect(await logOf(operator, 'test.own')).toBe(0)
  expect(await logOf(admin, 'test.own')).toBe(1)

  const refused = withUnitOfWork(source, own, async (unit) => {
    await withinTenant(unit, tenant, (part) => audit(part, 'test.within', {}))
    throw new Error('after all not')
  })
  await expect(refused).rejects.toThrow('after all not')
  expect(await logOf(operator, 'test.within')).toBe(1)

  const other = systemActor(decodeId('org', operator.organisation))
  const theirs = { organisation: own.organisation, kind: 'platform' as const }
  await expect(
    withUnitOfWork(platform.deps, other, (unit) => withinTenant(unit, theirs, async () => {})),
  ).rejects.toThrow('only the platform')
})

test('what fails within a tenant leaves the rest of the unit where it was', async ({
  platform,
  operator,
}) => {
  const admin = await platformPerson(platform, 'owner')
  const own = systemActor(decodeId('org', admin.organisation), 'platform')
  const tenant = { organisation: decodeId('org', operator.organisation), kind: 'operator' as const }
  const seen = await withUnitOfWork(platform.deps, own, async (unit) => {
    await withinTenant(unit, tenant, () => Promise.reject(new Error('no'))).catch(() => {})
    return sql<{ id: string }>`select organisation_id as id from bizq.organisations`.execute(unit.tx)
  })
  expect(seen.rows).toEqual([{ id: own.organisation }])
})
