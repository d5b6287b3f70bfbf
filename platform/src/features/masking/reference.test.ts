import { randomUUIDv7 } from 'node:crypto'
import {
  datasetNames,
  datasetOf,
  decodeId,
  defaultMask,
  isPersonalField,
  leaves,
  looksLikeLegalEntity,
  type DatasetName,
  type Field,
  type Mask,
} from '@bizq/sdk/contract'
import { maskRow, scaleFactor, type TextSegment } from '@bizq/sdk/contract/host'
import * as fc from 'fast-check'
import { Client } from 'pg'
import { describe, expect } from 'vitest'
import { test as base, type Platform } from '../../../test/harness.ts'
import { createBusiness, signUpOperator } from '../../../test/people.ts'
import { publish } from '../../../test/services.ts'
import { systemActor, withUnitOfWork } from '../../db/unit-of-work.ts'
import { insertRecords, tableOf, type Values } from '../data/index.ts'
import { readWindows, type MaskedGrant } from './read.ts'
import { sqlName } from './views.ts'

interface Ground {
  platform: Platform
  admin: Client
  scope: { organisation: string; business: string }
  grant: string
  /** A record of each dataset that others may refer to. */
  known: Record<DatasetName, string>
}

/** One business with a draft grant, and a record of each dataset to refer to. */
const test = base.extend<{ ground: Ground }>({
  ground: [
    async ({ platform }, use) => {
      const operator = await signUpOperator(platform.app)
      const business = await createBusiness(operator)
      const { service } = await publish(await signUpOperator(platform.app, 'provider'))
      const preview = await operator.post(`/v1/services/${service}/preview`, { business })
      const scope = {
        organisation: decodeId('org', operator.organisation),
        business: decodeId('bus', business),
      }
      const known = Object.fromEntries(datasetNames.map((name) => [name, randomUUIDv7()])) as Ground['known']
      await withUnitOfWork(platform.deps, systemActor(scope.organisation), async ({ tx }) => {
        for (const name of datasetNames) {
          const stub = { id: known[name], source: 'test', sourceKey: 'known', values: {}, isStub: true }
          await insertRecords(tx, scope, name, [stub])
        }
      })
      const admin = new Client({ connectionString: platform.adminUrl })
      await admin.connect()
      await use({ platform, admin, scope, grant: decodeId('gra', preview.body.grant), known })
      await admin.end()
    },
    { scope: 'file' },
  ],
})

// What Postgres text and JSON can hold: everything well-formed but U+0000.
const words = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom(
      '"',
      '\\',
      '\u2028\u2029',
      '\u0001\u001F\u007F',
      '\b\f\n\r\t',
      '</script>',
      '𝒳😀',
      'e\u0301',
      ' ',
    ),
  )
  .map((text) => text.toWellFormed().replaceAll('\0', ''))
const names = fc.oneof(
  words,
  fc.constantFrom('Acme Ltd', 'Ann Lee', 'Nestlé SA', 'Müller & Söhne GmbH & Co. KG', 'AGNES SA'),
)
const numbers = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    0.1,
    0.2 + 0.1,
    1e-7,
    123456.789,
    999_999_999_999.75,
    -1e14,
    1.5e-300,
    5e-324,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e14, max: 1e14 }),
)
const days = fc
  .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
  .map((date) => date.toISOString().slice(0, 10))
const instants = fc
  .date({ noInvalidDate: true, min: new Date('0001-01-02'), max: new Date('9999-12-30') })
  .map((date) => date.toISOString())
const largest = Number.MAX_SAFE_INTEGER
const amounts = (factor: number) => {
  const bound = Math.floor(largest / Math.ceil(factor / 1_000))
  return fc.oneof(fc.constantFrom(0, 1, -1, 3, bound, -bound), fc.integer({ min: -bound, max: bound }))
}

function segmentsOf(known: Ground['known']): fc.Arbitrary<TextSegment[]> {
  return fc.array(
    fc.oneof(
      words.map((text) => ({ text })),
      fc.constantFrom('person', 'email', 'iban').map((redacted) => ({ redacted })),
      fc
        .constantFrom('customers' as const, 'suppliers' as const)
        .map((dataset) => ({ dataset, id: known[dataset] })),
      fc.uuid().map((id) => ({ dataset: 'customers' as const, id })),
    ),
    { maxLength: 4 },
  )
}

interface Money {
  currency: string
  factor: number
}

function valueOf(field: Field, known: Ground['known'], money: Money): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'identifier':
    case 'counterparty':
      return fc.uuid()
    case 'reference':
      return fc.constant(known[field.dataset as DatasetName])
    case 'money':
      return amounts(money.factor).map((amount) => ({ amount: amount + 0, currency: money.currency }))
    case 'quantity':
    case 'rate':
      return numbers
    case 'enum':
      return fc.constantFrom(...(field.values ?? []))
    case 'boolean':
      return fc.boolean()
    case 'currency':
      return fc.constant(money.currency)
    case 'country':
      return fc.constantFrom('GB', 'DE')
    case 'timestamp':
      return instants
    case 'date':
      return days
    case 'text':
      return segmentsOf(known)
    case 'legalName':
      return names
    default:
      return words
  }
}

type Row = Record<string, unknown>

function rowsOf(dataset: DatasetName, known: Ground['known'], factor: number): fc.Arbitrary<Row[]> {
  const row = fc.constantFrom('GBP', 'JPY').chain((currency) => {
    const model = Object.entries(datasetOf(dataset).fields).map(([name, field]) => {
      const value = valueOf(field, known, { currency, factor })
      return [name, field.required ? value : fc.option(value, { nil: null, freq: 4 })]
    })
    return fc.record<Row>(Object.fromEntries(model))
  })
  return fc.uniqueArray(row, { minLength: 1, maxLength: 4, selector: (each) => each['id'] })
}

/** Puts rows into their table as an import and the redaction after it would leave them. */
async function keep(
  { platform, admin, scope }: Ground,
  dataset: DatasetName,
  rows: readonly Row[],
): Promise<void> {
  const { fields } = datasetOf(dataset)
  await withUnitOfWork(platform.deps, systemActor(scope.organisation), async ({ tx }) => {
    const records = rows.map((row) => {
      const values = Object.entries(fields).flatMap(([name, field]) => {
        if (field.kind === 'identifier') return []
        const isText = field.kind === 'text' && row[name] !== null
        return [[name, isText ? 'the text as it was, of Ann Lee' : row[name]]]
      })
      return {
        id: row['id'] as string,
        source: 'test',
        sourceKey: row['id'] as string,
        values: Object.fromEntries(values) as Values,
      }
    })
    await insertRecords(tx, scope, dataset, records)
  })
  for (const row of rows) {
    for (const [name, field] of Object.entries(fields)) {
      const mark =
        field.kind === 'text'
          ? `${sqlName(name)}_segments`
          : field.kind === 'legalName'
            ? `${sqlName(name)}_is_entity`
            : null
      if (mark === null || row[name] === null) continue
      const value =
        field.kind === 'text' ? JSON.stringify(row[name]) : looksLikeLegalEntity(row[name] as string)
      await admin.query(`update data.${tableOf(dataset)} set "${mark}" = $1 where id = $2`, [
        value,
        row['id'],
      ])
    }
  }
}

/** Has the draft's own row name these personal fields. */
async function agree({ admin, grant }: Ground, personal: Partial<Record<DatasetName, string[]>>) {
  await admin.query(
    `update bizq.grants set consent = jsonb_set(consent, '{personal}', $2::jsonb) where id = $1`,
    [grant, JSON.stringify(personal)],
  )
}

function maskOf(field: Field, isExact: boolean, isAgreed: boolean): Mask {
  if (isAgreed) return 'clear'
  return isExact && field.kind === 'money' ? 'clear' : defaultMask(field)
}

function inOrder(dataset: DatasetName, rows: readonly Row[]): Row[] {
  const { time } = datasetOf(dataset)
  const places = rows.map((row, seq) => ({ row, seq, at: time === null ? '' : (row[time] as string) }))
  return places.sort((a, b) => (a.at === b.at ? a.seq - b.seq : a.at < b.at ? -1 : 1)).map(({ row }) => row)
}

describe.each(datasetNames)('%s', (dataset) => {
  test('what the database writes is what the contract’s pure functions give, whatever the rows, key and money', async ({
    ground,
  }) => {
    const { fields } = datasetOf(dataset)
    const isPersonal = (name: string) => fields[name] !== undefined && isPersonalField(fields[name])
    const left = Object.keys(fields).filter(
      (name) => fields[name] && (leaves(fields[name]) || isPersonal(name)),
    )
    const cases = fc
      .record({
        key: fc.uint8Array({ minLength: 32, maxLength: 32 }),
        isExact: fc.boolean(),
        asked: fc.subarray(left, { minLength: 1 }),
        agreed: fc.subarray(left.filter(isPersonal)),
        // Whether the server knows what is withheld: the database withholds it in any case.
        isTold: fc.boolean(),
      })
      .chain((made) => {
        const factor = made.isExact ? 1_000 : scaleFactor(made.key)
        return rowsOf(dataset, ground.known, factor).map((rows) => ({ ...made, factor, rows }))
      })
    await fc.assert(
      fc.asyncProperty(cases, async ({ key, isExact, asked, agreed, isTold, factor, rows }) => {
        await keep(ground, dataset, rows)
        await agree(ground, { [dataset]: agreed })
        try {
          const withheld = asked.filter((name) => isTold && isPersonal(name) && !agreed.includes(name))
          // A dataset of which nothing leaves is not read.
          if (withheld.length === asked.length) withheld.length = 0
          const grant: MaskedGrant = {
            id: ground.grant,
            ...ground.scope,
            key,
            factor,
            fields: { [dataset]: asked.filter((name) => !withheld.includes(name)) },
            withheld: { [dataset]: withheld },
          }
          const request = { dataset, from: null, limit: 100 }
          const [page] = await readWindows(ground.platform.deps.pools.masked, grant, [request])
          if (page?.refusal !== null) throw new Error(`refused: ${page?.refusal}`)
          const masks = Object.fromEntries(
            asked.map((name) => [name, maskOf(fields[name] as Field, isExact, agreed.includes(name))]),
          )
          const expected = inOrder(dataset, rows).map((row) => maskRow(dataset, row, masks, { key, factor }))
          expect(JSON.parse(`[${page.items}]`)).toEqual(JSON.parse(JSON.stringify(expected)))
          expect(page.rows).toBe(rows.length)
        } finally {
          await ground.admin.query(`delete from data.${tableOf(dataset)} where not is_stub`)
        }
      }),
      { numRuns: 40 },
    )
  })
})
