import fc from 'fast-check'
import { Client } from 'pg'
import { expect } from 'vitest'
import { openTill } from '../test/billing.ts'
import { answering, asAdmin, openOffice } from '../test/executions.ts'
import { platformPerson, signUpOperator } from '../test/people.ts'
import { moneyTest, type MoneyPlatform } from '../test/stripe.ts'
import { byName, compareEnds, readEnd, readFacts, type End } from './ends.ts'

const test = moneyTest()

const word = fc.stringMatching(/^[a-z]{1,6}$/)
const anEnd: fc.Arbitrary<End> = fc.dictionary(
  word,
  fc.dictionary(
    word,
    fc.dictionary(
      word,
      fc.bigInt().map((n) => n.toString()),
      { minKeys: 1, maxKeys: 5 },
    ),
    {
      minKeys: 1,
      maxKeys: 5,
    },
  ),
  { minKeys: 1, maxKeys: 5 },
)
const places = (end: End) =>
  Object.entries(end).flatMap(([part, facts]) =>
    Object.entries(facts).flatMap(([name, fact]) =>
      Object.keys(fact).map((key) => [part, name, key] as const),
    ),
  )

test('two ends that are equal have no difference, and a difference of one anywhere is named', () => {
  fc.assert(
    fc.property(anEnd, fc.nat(), fc.constantFrom(1n, -1n), (end, at, off) => {
      const other = structuredClone(end)
      expect(compareEnds(end, other)).toEqual([])
      const all = places(end)
      const [part, name, key] = all[at % all.length] ?? ['', '', '']
      const fact = other[part]?.[name] ?? {}
      fact[key] = String(BigInt(fact[key] ?? 0) + off)
      const found = compareEnds(end, other)
      expect(found).toHaveLength(1)
      expect(found[0]).toContain(`${part}: ${name}: ${key} is `)
    }),
  )
})

test('what is only on one side is named, on either', () => {
  fc.assert(
    fc.property(anEnd, fc.nat(), (end, at) => {
      const other = structuredClone(end)
      const all = places(end)
      const [part, name] = all[at % all.length] ?? ['', '']
      delete other[part]?.[name]
      expect(compareEnds(end, other)).toEqual([
        expect.stringContaining(`${part}: ${name} is only in the first`),
      ])
      expect(compareEnds(other, end)).toEqual([
        expect.stringContaining(`${part}: ${name} is only in the second`),
      ])
    }),
  )
})

test('facts of one name are told apart by what they say, whatever order they come in', () => {
  const rows = [
    { name: 'a', amount: '2' },
    { name: 'b', amount: '3' },
    { name: 'a', amount: '1' },
  ]
  expect(byName(rows)).toEqual({ a: { amount: '1' }, 'a (2)': { amount: '2' }, b: { amount: '3' } })
  expect(byName(rows.toReversed())).toEqual(byName(rows))
})

const money = [
  'invoices',
  'invoice_lines',
  'settled_lines',
  'earnings',
  'ledger_postings',
  'credit_entries',
  'take_backs',
  'refunds',
  'line_reversals',
  'earning_reversals',
]

test('whichever amount is one cent off in whichever table, two ends differ', async ({ platform }) => {
  await aSale(platform)
  const before = await readEnd(platform)
  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  try {
    const { rows: columns } = await admin.query<{ table_name: string; column_name: string }>(
      `select table_name, column_name from information_schema.columns
       where table_schema = 'bizq' and data_type = 'bigint' and table_name = any ($1) order by 1, 2`,
      [money],
    )
    expect(new Set(columns.map((each) => each.table_name))).toEqual(new Set(money))
    const unseen: string[] = []
    for (const { table_name: table, column_name: column } of columns)
      if (!(await differs(admin, before, table, column))) unseen.push(`${table}.${column}`)
    expect(unseen).toEqual([])
  } finally {
    await admin.end()
  }
})

/** Whether an amount that is changed behind the back of every guard shows; nothing of it stays. */
async function differs(admin: Client, before: End, table: string, column: string): Promise<boolean> {
  await admin.query('begin')
  try {
    await admin.query('set local session_replication_role = replica')
    const { rows: checks } = await admin.query<{ name: string }>(
      `select conname as name from pg_constraint where conrelid = 'bizq.${table}'::regclass and contype = 'c'`,
    )
    for (const { name } of checks) await admin.query(`alter table bizq.${table} drop constraint "${name}"`)
    const { rowCount } = await admin.query(
      `update bizq.${table} set ${column} = ${column} + 1 where ctid = (select max(ctid) from bizq.${table} where ${column} is not null)`,
    )
    expect([table, rowCount]).toEqual([table, 1])
    return compareEnds(before, await readFacts(admin)).length > 0
  } finally {
    await admin.query('rollback')
  }
}

/** A month that was paid by card and by credit, of which one line is given back. */
async function aSale(platform: MoneyPlatform): Promise<void> {
  const operator = await signUpOperator(platform.app)
  const till = openTill(platform, operator)
  const { subscription } = await openOffice(platform, operator, {
    body: answering('{}'),
    manifest: { pricing: { monthly: { amount: 9_000, currency: 'USD' } } },
  })
  await operator.send('PUT', '/v1/billing/plan', { plan: 'starter' })
  await till.giveCard()
  await till.run(subscription)
  await till.advance(14)
  const { lines } = await till.newest()
  const admin = await platformPerson(platform, 'owner')
  for (const line of lines as { id: string; kind: string }[])
    if (line.kind === 'monthly')
      await admin.post('/v1/admin/refunds', {
        line: line.id,
        amount: 4_000,
        way: 'account_credit',
        reason: 'It did not work.',
      })
  await till.refund()
  await till.advance(31)
  await till.refund()
}

test('where two operators have one name the end is not read', async ({ platform }) => {
  for (let i = 0; i < 2; i++) await signUpOperator(platform.app)
  await asAdmin(platform, `update bizq.organisations set name = 'Twice' where kind = 'operator'`)
  await expect(readEnd(platform)).rejects.toThrow('two have the name operator Twice')
})
