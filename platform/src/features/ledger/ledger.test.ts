import { randomUUID } from 'node:crypto'
import { decodeId } from '@bizq/sdk/contract'
import { sql } from 'kysely'
import { Client } from 'pg'
import { expect } from 'vitest'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { moneyChecks } from '../../ledger-checks.ts'
import { test } from '../../../test/harness.ts'
import { asPlatform } from '../../../test/money.ts'
import { join, platformPerson } from '../../../test/people.ts'
import { ensurePlatform } from '../identity/index.ts'
import { balancesOf, postLedger, postLedgerAll, verifyLedger, type Entry } from './index.ts'

const at = new Date('2026-11-01T00:00:00.000Z')

/** An invoice that is asked for; changed where a test says so. */
function invoice(party: string, change: Partial<Entry> = {}): Entry {
  return {
    kind: 'finalised',
    cause: { type: 'invoice', id: `ivc_${randomUUID()}` },
    at,
    memo: 'Invoice of November',
    postings: [
      { account: 'operator_receivable', party, currency: 'USD', amount: 10_700n },
      { account: 'unsettled_sales', currency: 'USD', amount: -9_700n },
      { account: 'tax', currency: 'USD', amount: -1_000n },
    ],
    ...change,
  }
}

test('an entry whose debits and credits differ is refused, by us and by the database', async ({
  platform,
}) => {
  const party = randomUUID()
  const uneven = invoice(party, {
    postings: [
      { account: 'operator_receivable', party, currency: 'USD', amount: 100n },
      { account: 'unsettled_sales', currency: 'EUR', amount: -100n },
    ],
  })
  await expect(asPlatform(platform, (unit) => postLedger(unit, uneven))).rejects.toThrow('off by 100 USD')

  const written = asPlatform(platform, async ({ tx, actor }) => {
    const { rows } = await sql<{
      id: string
    }>`insert into bizq.ledger_entries (organisation_id, kind, cause_type, cause_id, at, memo)
      values (${actor.organisation}::uuid, 'x', 'x', 'x', now(), 'x') returning id`.execute(tx)
    await sql`insert into bizq.ledger_postings (organisation_id, entry_id, position, account, currency, amount)
      values (${actor.organisation}::uuid, ${rows[0]?.id}::uuid, 0, 'tax', 'USD', 1)`.execute(tx)
  })
  await expect(written).rejects.toThrow('is off by 1 USD')
})

test('an entry without postings cannot be written', async ({ platform }) => {
  await expect(
    asPlatform(platform, (unit) => postLedger(unit, invoice(randomUUID(), { postings: [] }))),
  ).rejects.toThrow('has no postings')
  const written = asPlatform(platform, ({ tx, actor }) =>
    sql`insert into bizq.ledger_entries (organisation_id, kind, cause_type, cause_id, at, memo)
      values (${actor.organisation}::uuid, 'x', 'x', 'y', now(), 'x')`.execute(tx),
  )
  await expect(written).rejects.toThrow('has no postings')
})

test('the same again changes nothing, and something else for the same cause is refused', async ({
  platform,
}) => {
  const party = randomUUID()
  const entry = invoice(party)
  await asPlatform(platform, (unit) => postLedger(unit, entry))
  await asPlatform(platform, (unit) => postLedgerAll(unit, [entry, invoice(party)]))
  const balances = await asPlatform(platform, (unit) => balancesOf(unit, 'operator_receivable', party))
  expect(balances).toEqual(new Map([['USD', 21_400n]]))

  const other = entry.postings.map((posting) => ({ ...posting, amount: posting.amount * 2n }))
  await expect(
    asPlatform(platform, (unit) => postLedger(unit, { ...entry, postings: other })),
  ).rejects.toThrow('booked already, and otherwise')
  await expect(
    asPlatform(platform, (unit) => postLedgerAll(unit, [invoice(party), entry, entry])),
  ).rejects.toThrow('booked twice at once')
})

test('two that book the same at the same moment book it once', async ({ platform }) => {
  const party = randomUUID()
  const entry = invoice(party)
  await Promise.all([1, 2, 3].map(() => asPlatform(platform, (unit) => postLedger(unit, entry))))
  const balances = await asPlatform(platform, (unit) => balancesOf(unit, 'operator_receivable', party))
  expect(balances.get('USD')).toBe(10_700n)
})

test('what is booked is never changed, removed or added to, whoever asks', async ({ platform }) => {
  await asPlatform(platform, (unit) => postLedger(unit, invoice(randomUUID())))
  for (const statement of [
    'update bizq.ledger_postings set amount = amount * 2',
    'delete from bizq.ledger_postings',
    "update bizq.ledger_entries set memo = ''",
    'delete from bizq.ledger_entries',
    'delete from bizq.ledger_links',
  ])
    await expect(asPlatform(platform, ({ tx }) => sql.raw(statement).execute(tx))).rejects.toThrow(
      'permission denied',
    )

  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  try {
    await expect(admin.query('update bizq.ledger_postings set amount = amount * 2')).rejects.toThrow(
      'append-only',
    )
    await expect(admin.query('delete from bizq.ledger_entries')).rejects.toThrow('append-only')
    await expect(admin.query('truncate bizq.ledger_links')).rejects.toThrow('append-only')
    const added =
      admin.query(`insert into bizq.ledger_postings (organisation_id, entry_id, position, account, currency, amount)
      select organisation_id, id, 10 + n, 'tax', 'USD', n from bizq.ledger_entries, unnest(array[-1, 1]) n limit 2`)
    await expect(added).rejects.toThrow('nothing is added later')
  } finally {
    await admin.end()
  }
})

test('accounts of organisations name one, and the others none', async ({ platform }) => {
  const party = randomUUID()
  const named = invoice(party, {
    postings: [
      { account: 'tax', party, currency: 'USD', amount: 1n },
      { account: 'unsettled_sales', currency: 'USD', amount: -1n },
    ],
  })
  await expect(asPlatform(platform, (unit) => postLedger(unit, named))).rejects.toThrow(
    'tax is not kept for each party',
  )
  const nameless = invoice(party, {
    postings: [
      { account: 'provider_payable', currency: 'USD', amount: 1n },
      { account: 'unsettled_sales', currency: 'USD', amount: -1n },
    ],
  })
  await expect(asPlatform(platform, (unit) => postLedger(unit, nameless))).rejects.toThrow(
    'is kept for each party',
  )
})

test('amounts beyond what a number holds are kept exactly', async ({ platform }) => {
  const party = randomUUID()
  const huge = 2n ** 60n + 1n
  const book = (amount: bigint) =>
    asPlatform(platform, (unit) =>
      postLedger(
        unit,
        invoice(party, {
          postings: [
            { account: 'operator_receivable', party, currency: 'JPY', amount },
            { account: 'unsettled_sales', currency: 'JPY', amount: -amount },
          ],
        }),
      ),
    )
  await book(huge)
  const balances = await asPlatform(platform, (unit) => balancesOf(unit, 'operator_receivable', party))
  expect(balances.get('JPY')).toBe(huge)
  await book(1n - huge)
})

test('no organisation but the platform books anything, or reads what is booked', async ({
  platform,
  operator,
}) => {
  await asPlatform(platform, (unit) => postLedger(unit, invoice(randomUUID())))
  const own = systemActor(decodeId('org', operator.organisation))
  await expect(
    withUnitOfWork(platform.deps, own, (unit) => postLedger(unit, invoice(randomUUID()))),
  ).rejects.toThrow('a unit of the platform’s organisation')
  const seen = await withUnitOfWork(platform.deps, own, ({ tx }) =>
    tx.selectFrom('ledger_postings').select('amount').execute(),
  )
  expect(seen).toEqual([])

  const owner = await platformPerson(platform, 'owner')
  const certifier = await join(platform.app, owner, 'certifier')
  for (const path of ['accounts', 'entries', `causes/invoice/x`]) {
    expect((await operator.get(`/v1/admin/ledger/${path}`)).status).toBe(403)
    expect((await certifier.get(`/v1/admin/ledger/${path}`)).status).toBe(403)
  }
})

test('an administrator goes from an account to its entries, and from each to what caused it', async ({
  platform,
  operator,
}) => {
  const party = decodeId('org', operator.organisation)
  const asked = invoice(party)
  const line = { type: 'invoice_line', id: `inl_${randomUUID()}` }
  await asPlatform(platform, (unit) =>
    postLedgerAll(unit, [
      asked,
      {
        kind: 'settled',
        cause: line,
        from: [asked.cause],
        at,
        memo: 'A line was paid',
        postings: [
          { account: 'unsettled_sales', currency: 'USD', amount: 9_700n },
          { account: 'platform_revenue', currency: 'USD', amount: -9_700n },
        ],
      },
    ]),
  )
  const admin = await platformPerson(platform, 'owner')
  const accounts = await admin.get(
    `/v1/admin/ledger/accounts?account=operator_receivable&party=${operator.organisation}`,
  )
  expect(accounts.body).toEqual({
    items: [
      {
        account: 'operator_receivable',
        party: { id: operator.organisation, name: 'Test Holdings' },
        parties: 1,
        debit: { amount: 10_700, currency: 'USD' },
        credit: { amount: 0, currency: 'USD' },
        balance: { amount: 10_700, currency: 'USD' },
      },
    ],
    next: null,
  })
  const entries = await admin.get(`/v1/admin/ledger/entries?party=${operator.organisation}`)
  expect(entries.body.items).toHaveLength(1)
  const [entry] = entries.body.items
  expect(entry).toMatchObject({ kind: 'finalised', cause: asked.cause, at: at.toISOString() })
  expect((await admin.get(`/v1/admin/ledger/entries/${entry.id}`)).body).toEqual(entry)

  const traced = await admin.get(`/v1/admin/ledger/causes/invoice/${asked.cause.id}`)
  // Of what no row of ours is known, a person knows it by nothing but its id.
  const told = { ...asked.cause, about: null }
  expect(traced.body).toEqual({ cause: told, entries: [entry], from: [], to: [{ ...line, about: null }] })
  const paid = await admin.get(`/v1/admin/ledger/causes/invoice_line/${line.id}`)
  expect(paid.body.from).toEqual([told])
  expect((await admin.get('/v1/admin/ledger/causes/invoice/none')).status).toBe(404)
})

test('lists of accounts and entries go on where a page ends', async ({ platform }) => {
  await asPlatform(platform, (unit) =>
    postLedgerAll(
      unit,
      [1, 2, 3].map(() => invoice(randomUUID())),
    ),
  )
  const admin = await platformPerson(platform, 'owner')
  for (const path of [
    'accounts?currency=USD&',
    'accounts?account=operator_receivable&currency=USD&',
    'entries?kind=finalised&currency=USD&',
  ]) {
    const whole = await admin.get(`/v1/admin/ledger/${path}limit=200`)
    const pages: unknown[] = []
    for (let next = ''; ;) {
      const page = await admin.get(`/v1/admin/ledger/${path}limit=2${next}`)
      expect(page.status, JSON.stringify(page.body)).toBe(200)
      pages.push(...page.body.items)
      if (page.body.next === null) break
      next = `&cursor=${page.body.next}`
    }
    expect(pages).toEqual(whole.body.items)
    expect(pages.length).toBeGreaterThan(2)
  }
})

test('a ledger that was tampered with is found out', async ({ platform }) => {
  const { deps, adminUrl } = platform
  await asPlatform(platform, (unit) => postLedger(unit, invoice(randomUUID())))
  const organisation = await ensurePlatform(deps)
  const admin = new Client({ connectionString: adminUrl })
  await admin.connect()
  const faults = async () => {
    const { checks } = await verifyLedger(deps, organisation, moneyChecks)
    return checks.flatMap(({ name, faults: found }) => (found.length > 0 ? [name] : []))
  }
  const change = async (statement: string, parameters: unknown[] = []) => {
    await admin.query('begin; set local session_replication_role = replica')
    await admin.query(statement, parameters)
    await admin.query('commit')
  }
  try {
    expect(await faults()).toEqual([])
    const add = `insert into bizq.ledger_postings (organisation_id, entry_id, position, account, currency, amount)
      select organisation_id, entry_id, 99, 'rounding', 'USD', $1 from bizq.ledger_postings limit 1`
    await change(add, [1])
    expect(await faults()).toEqual([
      'debits and credits are equal in each currency',
      'each entry sums to zero in each currency',
      'rounding stays zero',
    ])
    await change('delete from bizq.ledger_postings where position = 99')
    await change('update bizq.ledger_postings set amount = -amount')
    expect(await faults()).toEqual(['no operator paid more than was asked'])
    await change('update bizq.ledger_postings set amount = -amount')
    await change('create table kept as select * from bizq.ledger_postings; delete from bizq.ledger_postings')
    expect(await faults()).toEqual(['each entry has postings'])
    await change('insert into bizq.ledger_postings select * from kept; drop table kept')
    expect(await faults()).toEqual([])
    const asked = invoice(randomUUID())
    const part = {
      kind: 'settled',
      cause: { type: 'earning', id: randomUUID() },
      from: [asked.cause],
      at,
      memo: 'A part of it',
      postings: [
        { account: 'unsettled_sales', currency: 'USD', amount: 5_000n },
        { account: 'platform_revenue', currency: 'USD', amount: -5_000n },
      ],
    } satisfies Entry
    await withUnitOfWork(deps, systemActor(organisation, 'platform'), (unit) =>
      postLedgerAll(unit, [asked, part]),
    )
    expect(await faults()).toEqual(['an invoice is shared out whole or not at all'])
  } finally {
    await admin.end()
  }
})
