import { datasetNames, datasetOf, type DatasetName } from '@bizq/sdk/contract'
import { Client } from 'pg'
import { describe, expect } from 'vitest'
import { test } from '../../../test/harness.ts'
import { columnsOf, columnTypes, hasMoney, tableOf } from './columns.ts'

const housekeeping: Record<string, string> = {
  organisation_id: 'uuid',
  business_id: 'uuid',
  id: 'uuid',
  seq: 'bigint',
  source: 'text',
  source_key: 'text',
  as_of: 'text',
  summed: 'ARRAY',
  is_stub: 'boolean',
  import_id: 'uuid',
  created_at: 'timestamp with time zone',
  updated_at: 'timestamp with time zone',
}

function expectedColumns(dataset: DatasetName): Record<string, string> {
  const expected: Record<string, string> = {
    ...housekeeping,
    ...(hasMoney(dataset) ? { currency: 'text' } : {}),
  }
  for (const { column, kind } of columnsOf(dataset)) {
    expected[column] = columnTypes[kind]
    if (kind === 'text') expected[`${column}_segments`] = 'jsonb'
    if (kind === 'legalName') expected[`${column}_is_entity`] = 'boolean'
  }
  return expected
}

describe.each(datasetNames)('%s', (dataset) => {
  test('has a column for each field of the contract, of the kind’s type, and no other', async ({
    platform,
  }) => {
    const admin = new Client({ connectionString: platform.adminUrl })
    await admin.connect()
    const { rows } = await admin.query<{ column_name: string; data_type: string }>(
      `select column_name, data_type from information_schema.columns where table_schema = 'data' and table_name = $1`,
      [tableOf(dataset)],
    )
    await admin.end()
    expect(Object.fromEntries(rows.map((row) => [row.column_name, row.data_type]))).toEqual(
      expectedColumns(dataset),
    )
  })

  test('allows exactly the contract’s values of each enum, and requires its required fields', async ({
    platform,
  }) => {
    const admin = new Client({ connectionString: platform.adminUrl })
    await admin.connect()
    const { rows } = await admin.query<{ check: string }>(
      `select pg_get_constraintdef(oid) as check from pg_constraint where conrelid = $1::regclass and contype = 'c'`,
      [`data.${tableOf(dataset)}`],
    )
    await admin.end()
    const checks = rows.map((row) => row.check)
    for (const { column, values } of columnsOf(dataset)) {
      if (!values) continue
      const check = checks.find(
        (each) => each.includes(`${column} = ANY`) || each.includes(`"${column}" = ANY`),
      )
      expect([...(check ?? '').matchAll(/'([^']+)'/g)].map((match) => match[1])).toEqual([...values])
    }
    const required = columnsOf(dataset).filter((each) => each.required)
    const check = checks.find((each) => each.includes('is_stub')) ?? ''
    expect([...check.matchAll(/"?(\w+)"? IS NOT NULL/g)].map((match) => match[1])).toEqual(
      required.map(({ column }) => column),
    )
  })

  test('keeps its rows to their organisation and every reference to its business', async ({ platform }) => {
    const admin = new Client({ connectionString: platform.adminUrl })
    await admin.connect()
    const table = `data.${tableOf(dataset)}`
    const { rows: security } = await admin.query(
      'select relrowsecurity, relforcerowsecurity from pg_class where oid = $1::regclass',
      [table],
    )
    expect(security).toEqual([{ relrowsecurity: true, relforcerowsecurity: true }])
    const { rows } = await admin.query<{ definition: string }>(
      `select pg_get_constraintdef(oid) as definition from pg_constraint where conrelid = $1::regclass and contype = 'f'`,
      [table],
    )
    await admin.end()
    for (const { column, dataset: target } of columnsOf(dataset).filter(({ kind }) => kind === 'reference')) {
      expect(rows.map((row) => row.definition.replaceAll('"', ''))).toContain(
        `FOREIGN KEY (organisation_id, business_id, ${column}) REFERENCES data.${tableOf(target as DatasetName)}(organisation_id, business_id, id)`,
      )
    }
  })

  test('names only fields it has as its time, its openness and its natural key', () => {
    const { fields, time, openWhile, naturalKey } = datasetOf(dataset)
    if (time) expect(['date', 'timestamp']).toContain(fields[time]?.kind)
    if (time) expect(fields[time]?.required).toBe(true)
    if (openWhile)
      expect(fields[openWhile.field]?.values).toEqual(expect.arrayContaining([...openWhile.values]))
    for (const name of naturalKey) expect(fields).toHaveProperty([name])
    expect(naturalKey.length).toBeGreaterThan(0)
  })
})
