import { decodeId } from '@bizq/sdk/contract'
import { Client } from 'pg'
import { expect } from 'vitest'
import { test as base, type Platform } from '../../../test/harness.ts'
import { importFile } from '../../../test/imports.ts'
import { createBusiness, type Person } from '../../../test/people.ts'
import { isLegalEntity } from './legal-entity.ts'
import { redactTexts } from './redact-texts.ts'

interface Desk {
  business: string
  redact(): Promise<number>
  /** The segments of every text of a ticket, by its number. */
  segments(): Promise<Record<string, unknown>>
  importTickets(rows: string[]): Promise<void>
  importCustomers(rows: string[]): Promise<void>
}

const test = base.extend<{ desk: Desk }>({
  desk: async ({ platform, operator }, use) => use(await openDesk(platform, operator)),
})

async function openDesk(platform: Platform, operator: Person): Promise<Desk> {
  const business = await createBusiness(operator)
  const scope = { organisation: decodeId('org', operator.organisation), business: decodeId('bus', business) }
  const importAs = (dataset: string, columns: string[]) => async (rows: string[]) => {
    const mapping = {
      dataset,
      columns: Object.fromEntries(columns.map((name) => [name, name])),
      dateOrder: 'ymd',
      decimal: '.',
    }
    const done = await importFile(platform, operator, business, [columns.join(), ...rows, ''].join('\n'), {
      mapping,
    })
    expect(done.body).toMatchObject({ state: 'finished', errors: [] })
  }
  return {
    business,
    redact: () => redactTexts(platform.deps, scope),
    importTickets: importAs('tickets', ['number', 'openedAt', 'message']),
    importCustomers: importAs('customers', ['email', 'name', 'company']),
    segments: async () => {
      const admin = new Client({ connectionString: platform.adminUrl })
      await admin.connect()
      const { rows } = await admin.query<{ number: string; message_segments: unknown }>(
        'select number, message_segments from data.tickets where business_id = $1 order by number',
        [scope.business],
      )
      await admin.end()
      return Object.fromEntries(rows.map((row) => [row.number, row.message_segments]))
    },
  }
}

test('a text is withheld until it is redacted, then kept as segments', async ({ desk }) => {
  await desk.importTickets(['1,2026-01-02,Please call me at jo@example.com about the mug'])
  expect(await desk.segments()).toEqual({ 1: null })
  expect(await desk.redact()).toBe(1)
  expect(await desk.segments()).toEqual({
    1: [{ text: 'Please call me at ' }, { redacted: 'email' }, { text: ' about the mug' }],
  })
  expect(await desk.redact()).toBe(0)
})

test('a customer imported later withholds the texts that name them until they are redacted anew', async ({
  operator,
  desk,
}) => {
  await desk.importTickets([
    '1,2026-01-02,the parcel for Zorblatt Quuxington never came',
    '2,2026-01-02,the blue mug is chipped',
  ])
  await desk.redact()
  const before = await desk.segments()
  await desk.importCustomers(['z@example.com,Zorblatt Quuxington,'])
  expect(await desk.segments()).toEqual({ 1: null, 2: before[2] })
  await desk.redact()
  const customers = await operator.get(`/v1/businesses/${desk.business}/data/customers`)
  const id = decodeId('cus', customers.body.items[0].id)
  expect((await desk.segments())[1]).toContainEqual({ dataset: 'customers', id })
  await desk.importCustomers(['z@example.com,Zorblatt Quuxington,'])
  expect((await desk.segments())[1]).not.toBeNull()
})

test('a customer entered or renamed by hand does so too, and an edited text is withheld', async ({
  operator,
  desk,
}) => {
  await desk.importTickets(['1,2026-01-02,ask Grimblewick about the invoice'])
  await desk.redact()
  const made = await operator.post(`/v1/businesses/${desk.business}/data/customers`, { name: 'Odd Fellow' })
  expect((await desk.segments())[1]).not.toBeNull()
  await operator.send('PATCH', `/v1/businesses/${desk.business}/data/customers/${made.body.id}`, {
    name: 'Ada Grimblewick',
  })
  expect((await desk.segments())[1]).toBeNull()
  await desk.redact()
  expect(JSON.stringify(await desk.segments())).not.toContain('Grimblewick')
  const { items } = (await operator.get(`/v1/businesses/${desk.business}/data/tickets`)).body
  await operator.send('PATCH', `/v1/businesses/${desk.business}/data/tickets/${items[0].id}`, {
    message: 'another text',
  })
  expect((await desk.segments())[1]).toBeNull()
})

test('texts of another business keep what they have', async ({ platform, operator, desk }) => {
  const other = await openDesk(platform, operator)
  await other.importTickets(['1,2026-01-02,a note about Zorblatt'])
  await other.redact()
  await desk.importCustomers(['z@example.com,Zorblatt Quuxington,'])
  expect((await other.segments())[1]).not.toBeNull()
})

test('a legal name leaves only where it is surely no person’s', () => {
  const entities = [
    'Acme Supplies Ltd',
    'Müller Logistik GmbH',
    'Blue Ocean Trading S.r.l.',
    'Paper Wholesale',
  ]
  const persons = ['Jane Doe', 'Smith', 'Dr. Hans Weber', 'Jane Doe & Co', 'J. Miller Consulting', 'Zorblatt']
  expect(entities.filter((name) => !isLegalEntity(name))).toEqual([])
  expect(persons.filter((name) => isLegalEntity(name))).toEqual([])
})
