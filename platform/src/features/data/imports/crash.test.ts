import { decodeId } from '@bizq/sdk/contract'
import type { Deps } from '../../../deps.ts'
import { expect } from 'vitest'
import { test, type Platform } from '../../../../test/harness.ts'
import { carryOut, sendFile } from '../../../../test/imports.ts'
import { createBusiness, type Answer, type Person } from '../../../../test/people.ts'
import { runImport } from './run.ts'

const mapping = {
  dataset: 'orderLines',
  columns: {
    order: 'order.number',
    sku: 'product.sku',
    at: 'placedAt',
    quantity: 'quantity',
    price: 'unitPrice',
  },
  dateOrder: 'ymd',
  decimal: '.',
}

/** Orders of ten lines, the last of which repeats the first; several batches. */
function orders(lines: number): string {
  const rows = Array.from({ length: lines }, (_, index) => {
    const order = Math.floor(index / 10)
    return `${1000 + order},SKU-${(index % 10) % 9},2026-01-0${1 + (order % 9)}T10:00:00Z,1,2.50`
  })
  return ['order,sku,at,quantity,price', ...rows, ''].join('\n')
}

/** The same source, whose n-th transaction fails: before it does anything, or after it was committed. */
function failingAt(
  deps: Deps,
  n: number,
  when: 'before' | 'after',
): Pick<Deps, 'db' | 'boss' | 'listeners'> & { isReached(): boolean } {
  let count = 0
  const transaction = () => {
    const isIt = ++count === n
    const real = deps.db.transaction()
    return {
      execute: async (work: Parameters<typeof real.execute>[0]) => {
        if (isIt && when === 'before') throw new Error('cut')
        const result = await real.execute(work)
        if (isIt) throw new Error('cut')
        return result
      },
    }
  }
  return {
    db: { transaction } as unknown as Deps['db'],
    boss: deps.boss,
    listeners: deps.listeners,
    isReached: () => count >= n,
  }
}

async function outcome(person: Person, business: string, done: Answer) {
  const page = await person.get(`/v1/businesses/${business}/data/orders?limit=200&sort=number`)
  const { items: datasets } = (await person.get(`/v1/businesses/${business}/datasets`)).body
  return {
    state: done.body.state,
    counts: done.body.counts,
    datasets: done.body.datasets,
    errors: done.body.errors,
    records: datasets.map(({ dataset, count, stubs }: Record<string, unknown>) => [dataset, count, stubs]),
    totals: page.body.items.map(({ number, total }: Record<string, unknown>) => [number, total]),
  }
}

async function crashThenFinish(
  platform: Platform,
  person: Person,
  file: string,
  n: number,
  when: 'before' | 'after',
) {
  const business = await createBusiness(person)
  const received = await sendFile(person, business, file, { mapping })
  const source = failingAt(platform.deps, n, when)
  const job = {
    organisation: decodeId('org', person.organisation),
    business: decodeId('bus', business),
    import: decodeId('imp', received.body.id),
  }
  const crashed = runImport(source, job)
  await crashed.catch(() => {})
  const done = await carryOut(platform, person, received)
  return { isReached: source.isReached(), result: await outcome(person, business, done) }
}

test(
  'an import that is cut at any transaction, before or after its commit, ends as if nothing had happened',
  { timeout: 600_000 },
  async ({ platform, operator }) => {
    const file = `${orders(4_500)}9999,SKU-1,some day,1,2.50\n`
    const business = await createBusiness(operator)
    const whole = await carryOut(platform, operator, await sendFile(operator, business, file, { mapping }))
    const expected = await outcome(operator, business, whole)
    expect(expected.counts).toMatchObject({ created: 4_500 + 450 + 9, updated: 0, unchanged: 0, rejected: 1 })
    let cuts = 0
    for (const when of ['before', 'after'] as const) {
      for (let n = 1; ; n++) {
        const { isReached, result } = await crashThenFinish(platform, operator, file, n, when)
        expect([when, n, result]).toEqual([when, n, expected])
        if (!isReached) break
        cuts++
      }
    }
    expect(cuts).toBeGreaterThanOrEqual(14)
  },
)

test('an import that breaks off again and again is given up and can be undone', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  const received = await sendFile(operator, business, orders(20), { mapping })
  const job = {
    organisation: decodeId('org', operator.organisation),
    business: decodeId('bus', business),
    import: decodeId('imp', received.body.id),
  }
  for (let attempt = 0; attempt < 6; attempt++) {
    await expect(runImport(failingAt(platform.deps, 3, 'before'), job)).rejects.toThrow('cut')
  }
  const given = await carryOut(platform, operator, received)
  expect(given.body).toMatchObject({ state: 'failed', failure: expect.stringContaining('again and again') })
  expect((await operator.post(`/v1/imports/${given.body.id}/undo`)).status).toBe(200)
})
