import {
  datasetNames,
  datasetOf,
  decodeId,
  encodeId,
  idPrefixes,
  isPersonalField,
  leaves,
} from '@bizq/sdk/contract'
import { Client } from 'pg'
import { expect } from 'vitest'
import { test } from '../../../test/harness.ts'
import { createBusiness, signUpOperator } from '../../../test/people.ts'
import { publish } from '../../../test/services.ts'
import { maskedViewSql, sqlName } from './views.ts'

test('the masked views are what the contract says today', async ({ platform }) => {
  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  try {
    for (const dataset of datasetNames) {
      const view = sqlName(dataset)
      await admin.query('begin')
      const definition = `select pg_get_viewdef('masked.${view}'::regclass) as sql`
      const migrated = await admin.query(definition)
      await admin.query(`drop view masked.${view}`)
      await admin.query(maskedViewSql(dataset))
      const generated = await admin.query(definition)
      await admin.query('rollback')
      expect(migrated.rows).toEqual(generated.rows)
    }
  } finally {
    await admin.end()
  }
})

test('the masked role can select no dataset’s table, and nothing else that is not masked', async ({
  platform,
}) => {
  const { masked } = platform.deps.pools
  for (const dataset of datasetNames) {
    await expect(masked.query(`select id from data.${sqlName(dataset)}`)).rejects.toMatchObject({
      code: '42501',
    })
  }
  for (const table of [
    'businesses',
    'organisations',
    'grants',
    'subscriptions',
    'members',
    'audit_entries',
  ]) {
    await expect(masked.query(`select * from bizq.${table}`)).rejects.toMatchObject({ code: '42501' })
  }
  await expect(masked.query('select * from directory.releases')).rejects.toMatchObject({ code: '42501' })
  const { rows } = await masked.query<{ name: string }>(`
    select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'v', 'm', 'p', 'f') and n.nspname not in ('pg_catalog', 'information_schema')
      and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select, insert, update, delete') order by 1`)
  expect(rows.map(({ name }) => name)).toEqual(
    ['grants', ...datasetNames.map(sqlName)].map((view) => `masked.${view}`).sort(),
  )
})

test('the masked views hold what may leave, personal fields that a grant may name, and no key of the source', async ({
  platform,
}) => {
  const { rows } = await platform.deps.pools.masked.query<{ view: string; column: string }>(`
    select c.relname as view, a.attname as column from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'masked'::regnamespace and a.attnum > 0 and c.relname <> 'grants'`)
  for (const dataset of datasetNames) {
    const columns = rows.filter(({ view }) => view === sqlName(dataset)).map(({ column }) => column)
    const { fields } = datasetOf(dataset)
    const left = Object.keys(fields).filter(
      (name) => fields[name] && (leaves(fields[name]) || isPersonalField(fields[name])),
    )
    const housekeeping = ['seq', 'at', 'currency']
    expect(columns.filter((column) => !housekeeping.includes(column)).sort()).toEqual(
      left
        .map(sqlName)
        .filter((column) => !housekeeping.includes(column))
        .sort(),
    )
    for (const [name, field] of Object.entries(fields)) {
      if (field.kind === 'code') expect(columns).not.toContain(sqlName(name))
    }
  }
})

test('the window and the order of reading never come from a field that is masked', () => {
  for (const dataset of datasetNames) {
    const { fields, time, openWhile } = datasetOf(dataset)
    for (const name of [time, openWhile?.field]) {
      if (name) expect(fields[name]?.classification).toBe('internal')
    }
  }
})

test('without an organisation, a business or a key the masked role sees nothing, also on a reused connection', async ({
  platform,
  operator,
}) => {
  const business = await createBusiness(operator)
  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  await admin.query(
    `insert into data.suppliers (organisation_id, business_id, name, name_is_entity, source, source_key)
     select organisation_id, id, 'Acme Supplies Ltd', true, 'test', '1' from bizq.businesses`,
  )
  const { rows: ids } = await admin.query(`select organisation_id, id from bizq.businesses`)
  await admin.end()
  const { organisation_id: organisation, id } = ids.find(
    (row) => encodeId(idPrefixes.business, row.id) === business,
  )

  const client = await platform.deps.pools.masked.connect()
  try {
    const read = async (settings: Record<string, string>) => {
      await client.query('begin')
      for (const [name, value] of Object.entries(settings))
        await client.query('select set_config($1, $2, true)', [name, value])
      const { rows } = await client.query('select id, name from masked.suppliers')
      await client.query('commit')
      return rows
    }
    const tenant = { 'bizq.organisation': organisation, 'bizq.business': id }
    expect(await read({ ...tenant, 'bizq.key_suppliers': '00'.repeat(16) })).toMatchObject([
      { id: expect.stringMatching(/^sup_[0-9a-f]{32}$/), name: 'Acme Supplies Ltd' },
    ])
    const { rows } = await client.query(`select current_setting('bizq.organisation', true) as left`)
    expect(rows).toEqual([{ left: '' }])
    expect(await read({})).toEqual([])
    expect(await read({ 'bizq.organisation': organisation })).toEqual([])
    expect(await read({ 'bizq.business': id })).toEqual([])
    expect(await read(tenant)).toMatchObject([{ id: null }])
  } finally {
    client.release()
  }
})

test('a personal column is null but where the row of the very grant, of this business and not over, names it', async ({
  platform,
  operator,
}) => {
  const [business, other] = [await createBusiness(operator), await createBusiness(operator)]
  const { service } = await publish(await signUpOperator(platform.app, 'provider'))
  const drafts = []
  for (const of of [business, business, other])
    drafts.push(
      decodeId('gra', (await operator.post(`/v1/services/${service}/preview`, { business: of })).body.grant),
    )
  const [agreed = '', silent = '', elsewhere = ''] = drafts
  const organisation = decodeId('org', operator.organisation)
  const [here, there] = [decodeId('bus', business), decodeId('bus', other)]
  const admin = new Client({ connectionString: platform.adminUrl })
  await admin.connect()
  for (const of of [here, there])
    await admin.query(
      `insert into data.customers (organisation_id, business_id, name, email, source, source_key)
       values ($1, $2, 'Ann Lee', 'ann@lee.test', 'test', '1')`,
      [organisation, of],
    )
  const name = (grant: string, personal: unknown) =>
    admin.query(
      `update bizq.grants set consent = jsonb_set(consent, '{personal}', $2::jsonb) where id = $1`,
      [grant, JSON.stringify(personal)],
    )
  await name(agreed, { customers: ['email'] })
  await name(elsewhere, { customers: ['email', 'name'] })
  const client = await platform.deps.pools.masked.connect()
  const read = async (of: string, grant: string) => {
    await client.query('begin')
    for (const [setting, value] of [
      ['bizq.organisation', organisation],
      ['bizq.business', of],
      ['bizq.grant', grant],
    ])
      await client.query('select set_config($1, $2, true)', [setting, value])
    const { rows } = await client.query('select name, email from masked.customers')
    await client.query('commit')
    return rows
  }
  const nothing = [{ name: null, email: null }]
  try {
    expect(await read(here, agreed)).toEqual([{ name: null, email: 'ann@lee.test' }])
    expect(await read(here, silent)).toEqual(nothing)
    expect(await read(here, '')).toEqual(nothing)
    expect(await read(here, elsewhere)).toEqual(nothing)
    expect(await read(there, agreed)).toEqual(nothing)
    await admin.query(
      `update bizq.grants set state = 'ended', expires_at = null,
      personal_given_by = gen_random_uuid(), personal_given_at = now() where id = $1`,
      [agreed],
    )
    expect(await read(here, agreed)).toEqual(nothing)
  } finally {
    client.release()
    await admin.end()
  }
})
