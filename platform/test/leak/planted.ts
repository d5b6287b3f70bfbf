import { randomUUIDv7 } from 'node:crypto'
import {
  datasetNames,
  datasetOf,
  decodeId,
  isPersonalField,
  type DatasetName,
  type Field,
} from '@bizq/sdk/contract'
import { systemActor, withUnitOfWork } from '../../src/db/unit-of-work.ts'
import { insertRecords, type NewRecord } from '../../src/features/data/index.ts'
import { redactTexts } from '../../src/features/masking/index.ts'
import type { Platform } from '../harness.ts'
import type { Person } from '../people.ts'

export interface Planted {
  /** Everything that no provider may see. */
  values: string[]
  /** Of these, what stands in personal fields: it leaves where somebody agreed to it, and comes out nowhere. */
  personal: string[]
  /** A sentence about two of the business's own, for texts that people write. */
  sentence: string
}

const perDataset = 2
const starts = ['Quor', 'Zind', 'Vesp', 'Thal', 'Wrex', 'Jorv', 'Plyn', 'Drusk']
const ends = ['vexley', 'ralith', 'monday', 'thwick', 'grovane', 'sholme', 'bexine', 'quarrow']
let made = 0

/** A word that stands nowhere else. */
function word(): string {
  const n = made++
  return `${starts[n % 8]}${'aeiou'[Math.floor(n / 64) % 5]}${ends[Math.floor(n / 8) % 8]}`
}

const number = (digits: number): string => String(7_000_000_019 + 1_234_577 * made++).padStart(digits, '3')

function luhn(digits: string): string {
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, i) => {
      const twice = Number(digit) * (i % 2 === 0 ? 2 : 1)
      return total + (twice > 9 ? twice - 9 : twice)
    }, 0)
  return digits + ((10 - (sum % 10)) % 10)
}

function iban(): string {
  const account = `NWBK${number(14)}`
  const digits = Array.from(`${account}GB00`, (each) => Number.parseInt(each, 36)).join('')
  return `GB${String(98n - (BigInt(digits) % 97n)).padStart(2, '0')}${account}`
}

const makers: Partial<Record<Field['kind'], () => string>> = {
  personName: () => `${word()} ${word()}`,
  // A person's trade: what may be a person counts as one.
  legalName: () => `${word()} ${word()}`,
  email: () => `${word()}.${word()}@${word()}.net`.toLowerCase(),
  phone: () => `+44 ${number(10)}`,
  street: () => `17 ${word()} Way`,
  place: () => word(),
  iban,
  taxNumber: () => `GB${number(9)}`,
  code: () => `${word()}${number(4)}`,
}

/** Fills every field of every dataset of a business; what is personal or confidential in words is remembered. */
export async function plant(platform: Platform, operator: Person, business: string): Promise<Planted> {
  const scope = { organisation: decodeId('org', operator.organisation), business: decodeId('bus', business) }
  const ids = Object.fromEntries(
    datasetNames.map((name) => [name, Array.from({ length: perDataset }, () => randomUUIDv7())]),
  ) as Record<DatasetName, string[]>
  const planted: Planted = { values: [], personal: [], sentence: '' }
  const records = Object.fromEntries(
    datasetNames.map((name) => [name, ids[name].map((id, i) => recordOf(name, id, i, ids, planted))]),
  ) as Record<DatasetName, NewRecord[]>
  planted.sentence = writeTexts(records, planted)
  await withUnitOfWork(platform.deps, systemActor(scope.organisation), async ({ tx }) => {
    for (const name of datasetNames) await insertRecords(tx, scope, name, records[name])
  })
  await redactTexts(platform.deps, scope)
  return planted
}

function recordOf(
  dataset: DatasetName,
  id: string,
  i: number,
  ids: Record<DatasetName, string[]>,
  planted: Planted,
): NewRecord {
  const values: NewRecord['values'] = {}
  for (const [name, field] of Object.entries(datasetOf(dataset).fields)) {
    const make = makers[field.kind]
    if (make) {
      const value = make()
      values[name] = value
      planted.values.push(value)
      if (isPersonalField(field)) planted.personal.push(value)
    } else if (field.kind === 'reference') {
      values[name] = ids[field.dataset as DatasetName][i] ?? null
    } else if (name !== 'id') {
      values[name] = plainValue(field, i)
    }
  }
  return { id, values, source: 'test', sourceKey: id }
}

function plainValue(field: Field, i: number): NewRecord['values'][string] {
  const day = Temporal.Now.plainDateISO('UTC').subtract({ days: 10 + i })
  switch (field.kind) {
    case 'money':
      return { amount: 4_100 + i, currency: 'GBP' }
    case 'quantity':
      return 3 + i
    case 'rate':
      return 0.2
    case 'enum':
      return field.values?.includes('open') ? 'open' : (field.values?.[0] ?? null)
    case 'boolean':
      return true
    case 'currency':
      return 'GBP'
    case 'country':
      return 'GB'
    case 'date':
      return day.toString()
    case 'timestamp':
      return `${day.toString()}T10:00:00.000Z`
    case 'region':
      return 'Devon'
    case 'category':
      return 'Travel'
    default:
      return null
  }
}

/** Every text names a customer and a supplier with all that is known of them, a card and an account. */
function writeTexts(records: Record<DatasetName, NewRecord[]>, planted: Planted): string {
  let sentence = ''
  for (const name of datasetNames) {
    for (const [i, record] of records[name].entries()) {
      for (const [field, { kind }] of Object.entries(datasetOf(name).fields)) {
        if (kind !== 'text') continue
        const card = luhn(`4539${number(11)}`)
        const account = iban()
        planted.values.push(card, account)
        const { values: customer } = records.customers[i] as NewRecord
        const { values: supplier } = records.suppliers[i] as NewRecord
        const said = (of: NewRecord['values'], what: string) => of[what] as string
        sentence = `Spoke with ${said(customer, 'name')} (${said(customer, 'email')}, ${said(customer, 'phone')}) of ${said(customer, 'street')} about the card ${card}; ${said(supplier, 'name')} is paid at ${account}.`
        record.values[field] = sentence
      }
    }
  }
  return sentence
}
