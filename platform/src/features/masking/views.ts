import {
  datasetOf,
  defaultMask,
  isPersonalField,
  leaves,
  type DatasetName,
  type Field,
} from '@bizq/sdk/contract'
import { counterpartyRealm, pseudonymPrefix, type PseudonymRealm } from '@bizq/sdk/contract/host'

/** `orderLines` → `order_lines`: how the contract's names stand in the database. */
export function sqlName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** The setting that holds one dataset's pseudonym key, in hex, for the transaction. */
export function keySetting(realm: PseudonymRealm): string {
  return `bizq.key_${sqlName(realm)}`
}

/** Whether amounts of this dataset stand beside a currency. */
function hasMoney(dataset: DatasetName): boolean {
  return Object.values(datasetOf(dataset).fields).some(({ kind }) => kind === 'money')
}

// Sub-selects that refer to nothing outside are InitPlans: evaluated once a query, not once a row.
const keyOf = (realm: PseudonymRealm) =>
  `(select decode(nullif(current_setting('${keySetting(realm)}', true), ''), 'hex'))`
const factor = `(select nullif(current_setting('bizq.factor', true), '')::bigint)`
const business = `(select nullif(current_setting('bizq.business', true), '')::uuid)`

/** The setting that holds the grant that is read under, for the transaction: its row says which personal fields were agreed to. */
export const grantSetting = 'bizq.grant'

/** Whether the grant's own row names this personal field, and it still stands. */
function isAgreed(dataset: DatasetName, name: string): string {
  return `(select g.consent #> '{personal,${dataset}}' ? '${name}' from bizq.grants g
      where g.id = (select nullif(current_setting('${grantSetting}', true), '')::uuid) and g.business_id = ${business} and g.state <> 'ended')`
}

function pseudonym(value: string, realm: PseudonymRealm): string {
  return `'${pseudonymPrefix(realm)}_' || encode(encrypt(uuid_send(${value}), ${keyOf(realm)}, 'aes-ecb/pad:none'), 'hex')`
}

// Most texts hold nothing to take out: one segment, read without unnesting.
function assembledText(column: string): string {
  const segments = `t."${column}_segments"`
  const named = (dataset: DatasetName) =>
    `when segment ->> 'dataset' = '${dataset}' then ${pseudonym(`(segment ->> 'id')::uuid`, dataset)}`
  return `case when t."${column}" is not null then coalesce(
      case when jsonb_array_length(${segments}) = 1 then ${segments} #>> '{0,text}' end,
      case when ${segments} is not null then (select coalesce(string_agg(case
        when segment ? 'text' then segment ->> 'text'
        when segment ? 'redacted' then '[' || (segment ->> 'redacted') || ']'
        ${named('customers')}
        ${named('suppliers')} end, '' order by place), '')
        from jsonb_array_elements(${segments}) with ordinality as parts (segment, place)) end) end`
}

// round(x · f), half away from zero, f in thousandths: beyond 2^63 it fails, which is beyond what JSON holds.
function scaled(column: string): string {
  return `(${column} * ${factor} + case when ${column} < 0 then -500 else 500 end) / 1000`
}

/** The expression of a field's masked column over the table `t`. */
function maskedColumn(dataset: DatasetName, name: string, field: Field): string {
  const column = `t."${sqlName(name)}"`
  switch (field.kind) {
    case 'identifier':
      return pseudonym(column, dataset)
    case 'reference':
      return pseudonym(column, field.dataset as DatasetName)
    case 'counterparty':
      return pseudonym(column, counterpartyRealm)
    case 'money':
      return scaled(column)
    case 'text':
      return assembledText(sqlName(name))
    case 'legalName':
      return `case when t."${sqlName(name)}_is_entity" then ${column} end`
    case 'timestamp':
      return defaultMask(field) === 'coarse' ? `date_trunc('day', ${column}, 'UTC')` : column
    default:
      return column
  }
}

/**
 * The view of a dataset in the schema `masked`: only what may leave, masked with the key and factor
 * of the transaction, of the transaction's business alone. A personal field is null but where the
 * row of the transaction's grant names it. Stubs are not records yet.
 */
export function maskedViewSql(dataset: DatasetName): string {
  const { fields, time } = datasetOf(dataset)
  const left = Object.entries(fields).filter(([, field]) => leaves(field))
  const personal = personalColumns(dataset)
  const needsCurrency = hasMoney(dataset) && !('currency' in fields)
  const columns = [
    't.seq',
    ...(time ? [`t."${sqlName(time)}" as at`] : []),
    ...left.map(([name, field]) => `${maskedColumn(dataset, name, field)} as "${sqlName(name)}"`),
    ...(needsCurrency ? ['t.currency'] : []),
    ...personal.map(
      (name) => `case when ${isAgreed(dataset, name)} then t."${sqlName(name)}" end as "${sqlName(name)}"`,
    ),
  ]
  return `create view masked.${sqlName(dataset)} as select
    ${columns.join(',\n    ')}
    from data.${sqlName(dataset)} t
    where t.business_id = ${business} and not t.is_stub`
}

/** The fields of a dataset that leave only where a grant names them. */
export function personalColumns(dataset: DatasetName): string[] {
  return Object.entries(datasetOf(dataset).fields).flatMap(([name, field]) =>
    isPersonalField(field) && field.classification !== 'secret' ? [name] : [],
  )
}

/** The open records of every age, in the order in which they are read. */
export function openIndexSql(dataset: DatasetName): string | null {
  const { time, openWhile } = datasetOf(dataset)
  if (!time || !openWhile) return null
  return `create index on data.${sqlName(dataset)} (organisation_id, business_id, "${sqlName(time)}", seq) where ${openCondition(dataset, '')}`
}

/** When a record is open, over the columns of this alias. */
export function openCondition(dataset: DatasetName, alias: string): string {
  const { openWhile } = datasetOf(dataset)
  if (!openWhile) return 'false'
  return `${alias}"${sqlName(openWhile.field)}" in (${openWhile.values.map((value) => `'${value}'`).join(', ')})`
}
