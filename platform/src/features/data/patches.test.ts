import { randomUUID } from 'node:crypto'
import { decodeId } from '@bizq/sdk/contract'
import { expect } from 'vitest'
import { test as base, type Platform } from '../../../test/harness.ts'
import { createBusiness } from '../../../test/people.ts'
import { systemActor, withUnitOfWork, type UnitOfWork } from '../../db/unit-of-work.ts'
import {
  applyPatches,
  insertRecords,
  loadRecords,
  recordId,
  recordsVersion,
  revertPatches,
  type RecordPatch,
} from './index.ts'
import { findStanding, listOverrides } from './override-store.ts'

interface Books {
  business: string
  /** An imported bill, due 2026-11-30, as its id. */
  bill: string
  unit<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T>
}

const test = base.extend<{ books: Books }>({
  books: async ({ platform, operator }, use) =>
    use(await openBooks(platform, decodeId('org', operator.organisation), await createBusiness(operator))),
})

async function openBooks(platform: Platform, organisation: string, businessId: string): Promise<Books> {
  const business = decodeId('bus', businessId)
  const unit: Books['unit'] = (work) => withUnitOfWork(platform.deps, systemActor(organisation), work)
  const uuid = randomUUID()
  const money = (amount: number) => ({ amount, currency: 'GBP' })
  await unit((u) =>
    insertRecords(u.tx, { organisation, business }, 'bills', [
      {
        id: uuid,
        source: 'csv',
        sourceKey: 'B-1',
        importId: randomUUID(),
        values: {
          number: 'B-1',
          issuedAt: '2026-11-01',
          dueAt: '2026-11-30',
          amount: money(12_000),
          amountDue: money(12_000),
          status: 'open',
        },
      },
    ]),
  )
  return { business, bill: recordId('bills', uuid), unit }
}

const move = (bill: string, dueAt: string): RecordPatch => ({ dataset: 'bills', id: bill, set: { dueAt } })
const dueAt = async (books: Books) =>
  books.unit(
    async (u) => (await loadRecords(u, books.business, 'bills', [books.bill])).get(books.bill)?.['dueAt'],
  )
const states = async (books: Books) =>
  books.unit(async (u) =>
    (
      await listOverrides(
        u.tx,
        { organisation: u.actor.organisation, business: books.business },
        'bills',
        decodeId('bil', books.bill),
      )
    ).map(({ value, importedValue, state }) => [value, importedValue, state]),
  )

test('an effect on an imported record keeps what the source said beneath', async ({ books }) => {
  await books.unit((u) =>
    applyPatches(u, books.business, [move(books.bill, '2026-12-10')], { effect: randomUUID() }),
  )
  expect(await dueAt(books)).toBe('2026-12-10')
  expect(await states(books)).toEqual([['2026-12-10', '2026-11-30', 'standing']])
})

test('an undo lets the value beneath stand again, effect by effect', async ({ books }) => {
  const first = await books.unit((u) =>
    applyPatches(u, books.business, [move(books.bill, '2026-12-10')], { effect: randomUUID() }),
  )
  const second = await books.unit((u) =>
    applyPatches(u, books.business, [move(books.bill, '2026-12-20')], { effect: randomUUID() }),
  )
  expect(second.before[0]?.row['dueAt']).toBe('2026-12-10')
  await books.unit((u) =>
    revertPatches(
      u,
      books.business,
      { applied: second.applied, undo: [move(books.bill, '2026-12-10')] },
      { effect: randomUUID() },
    ),
  )
  expect(await states(books)).toEqual([
    ['2026-12-20', '2026-11-30', 'reverted'],
    ['2026-12-10', '2026-11-30', 'standing'],
  ])
  await books.unit((u) =>
    revertPatches(
      u,
      books.business,
      { applied: first.applied, undo: [move(books.bill, '2026-11-30')] },
      { effect: randomUUID() },
    ),
  )
  expect(await dueAt(books)).toBe('2026-11-30')
  expect((await states(books)).map(([, , state]) => state)).toEqual(['reverted', 'reverted'])
})

test('an undo is refused with the conflict when the record holds something else by now', async ({
  books,
}) => {
  const { applied } = await books.unit((u) =>
    applyPatches(u, books.business, [move(books.bill, '2026-12-10')], { effect: randomUUID() }),
  )
  await books.unit((u) => applyPatches(u, books.business, [move(books.bill, '2026-12-24')], 'hand'))
  const undone = books.unit((u) =>
    revertPatches(
      u,
      books.business,
      { applied, undo: [move(books.bill, '2026-11-30')] },
      { effect: randomUUID() },
    ),
  )
  await expect(undone).rejects.toMatchObject({
    slug: 'undo-conflict',
    details: { extra: { conflicts: [{ field: 'dueAt', written: '2026-12-10', present: '2026-12-24' }] } },
  })
  expect(await dueAt(books)).toBe('2026-12-24')
})

test('what an effect created can be checked and found again by its id', async ({ books }) => {
  const { applied } = await books.unit((u) =>
    applyPatches(
      u,
      books.business,
      [
        {
          create: {
            dataset: 'products',
            values: { title: 'Cake stand', price: { amount: 999, currency: 'GBP' } },
          },
        },
      ],
      { effect: randomUUID() },
    ),
  )
  const [patch] = applied
  const id = patch && 'create' in patch ? (patch.id ?? '') : ''
  const rows = await books.unit((u) => loadRecords(u, books.business, 'products', [id]))
  expect(rows.get(id)).toMatchObject({ title: 'Cake stand', price: { amount: 999, currency: 'GBP' } })
  expect(recordsVersion([...rows.values()])).toMatch(/^[\w-]{43}$/)
})

test('values that the dataset does not allow are refused, and nothing of the patches is kept', async ({
  books,
}) => {
  const wrong: [RecordPatch, string][] = [
    [{ dataset: 'bills', id: books.bill, set: { dueAt: 'soon' } }, '/dueAt'],
    [{ dataset: 'bills', id: books.bill, set: { dueAt: null } }, '/dueAt'],
    [{ dataset: 'bills', id: books.bill, set: { colour: 'red' } }, ''],
    [
      { dataset: 'bills', id: books.bill, set: { supplier: recordId('suppliers', randomUUID()) } },
      '/supplier',
    ],
    [{ dataset: 'bills', id: books.bill, set: { amountDue: { amount: 1, currency: 'EUR' } } }, ''],
    [{ create: { dataset: 'products', values: { sku: 'no title' } } }, '/title'],
  ]
  for (const [patch, pointer] of wrong) {
    const tried = books.unit((u) =>
      applyPatches(u, books.business, [move(books.bill, '2027-01-01'), patch], 'hand'),
    )
    await expect(tried).rejects.toMatchObject({ slug: 'record-invalid', details: { errors: [{ pointer }] } })
  }
  expect(await dueAt(books)).toBe('2026-11-30')
})

test('records of another organisation or business are not there', async ({
  platform,
  operator,
  stranger,
  books,
}) => {
  const others = [
    await openBooks(platform, decodeId('org', operator.organisation), await createBusiness(operator)),
    await openBooks(platform, decodeId('org', stranger.organisation), await createBusiness(stranger)),
  ]
  for (const other of others) {
    const seen = await other.unit((u) => loadRecords(u, other.business, 'bills', [books.bill]))
    expect(seen.size).toBe(0)
    const tried = other.unit((u) => applyPatches(u, other.business, [move(books.bill, '2027-01-01')], 'hand'))
    await expect(tried).rejects.toMatchObject({ slug: 'not-found' })
  }
  const standing = await books.unit((u) =>
    findStanding(u.tx, { organisation: u.actor.organisation, business: books.business }, 'bills', [
      decodeId('bil', books.bill),
    ]),
  )
  expect(standing).toEqual([])
})
