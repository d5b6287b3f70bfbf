/** Prints the statements that make the table of each dataset, for pasting into a migration: `node scripts/dataset-tables.ts [dataset…]`. */
import { datasetNames, datasetOf, DatasetName } from '@bizq/sdk/contract'
import { columnsOf, columnTypes, hasMoney, tableOf, type FieldColumn } from '../src/features/data/columns.ts'

const quoted = (name: string) => `"${name}"`

function fieldLines({ column, kind, values }: FieldColumn): string[] {
  const check = values
    ? ` check (${quoted(column)} in (${values.map((value) => `'${value}'`).join(', ')}))`
    : ''
  const lines = [`${quoted(column)} ${columnTypes[kind]}${check}`]
  if (kind === 'text') lines.push(`${quoted(`${column}_segments`)} jsonb`)
  if (kind === 'legalName') lines.push(`${quoted(`${column}_is_entity`)} boolean`)
  return lines
}

function requiredCheck(columns: readonly FieldColumn[]): string[] {
  const required = columns
    .filter((each) => each.required)
    .map(({ column }) => `${quoted(column)} is not null`)
  return required.length ? [`check (is_stub or (${required.join(' and ')}))`] : []
}

/** Finds what is still to be redacted, or to be told a person's name from a company's. */
function unreadIndex(table: string, columns: readonly FieldColumn[]): string[] {
  const unread = columns.flatMap(({ column, kind }) => {
    const mark =
      kind === 'text' ? `${column}_segments` : kind === 'legalName' ? `${column}_is_entity` : undefined
    return mark ? [`(${quoted(column)} is not null and ${quoted(mark)} is null)`] : []
  })
  return unread.length
    ? [`create index on ${table} (organisation_id, business_id, seq) where ${unread.join(' or ')}`]
    : []
}

function tableStatements(dataset: DatasetName): string[] {
  const columns = columnsOf(dataset)
  const table = `data.${tableOf(dataset)}`
  const references = columns.filter(({ kind }) => kind === 'reference')
  const needsCurrency = hasMoney(dataset) && !columns.some(({ column }) => column === 'currency')
  const lines = [
    'organisation_id uuid not null',
    'business_id uuid not null',
    'id uuid not null default uuidv7()',
    'seq bigint not null generated always as identity',
    ...columns.flatMap(fieldLines),
    ...(needsCurrency ? ['currency text'] : []),
    'source text not null',
    'source_key text collate "C" not null',
    'as_of text collate "C"',
    'summed text[]',
    'is_stub boolean not null default false',
    'import_id uuid',
    'created_at timestamptz not null default now()',
    'updated_at timestamptz not null default now()',
    'primary key (organisation_id, business_id, id)',
    'unique (organisation_id, business_id, source, source_key)',
    'foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id)',
    ...references.map(
      ({ column, dataset }) =>
        `foreign key (organisation_id, business_id, ${quoted(column)}) references data.${tableOf(dataset as DatasetName)} (organisation_id, business_id, id)`,
    ),
    ...requiredCheck(columns),
  ]
  const { time } = datasetOf(dataset)
  const order = time ? [quoted(columns.find(({ field }) => field === time)?.column ?? ''), 'seq'] : ['seq']
  return [
    `create table ${table} (\n  ${lines.join(',\n  ')})`,
    `create index on ${table} (organisation_id, business_id, ${order.join(', ')})`,
    ...references.map(
      ({ column }) => `create index on ${table} (${quoted(column)}) where ${quoted(column)} is not null`,
    ),
    ...unreadIndex(table, columns),
    `select bizq.protect('${table}')`,
    `grant maintain on ${table} to bizq_app`,
  ]
}

const wanted = process.argv.slice(2).map((name) => DatasetName.parse(name))
for (const dataset of wanted.length ? wanted : datasetNames) {
  for (const statement of tableStatements(dataset)) console.log(`${statement}\n`)
}
