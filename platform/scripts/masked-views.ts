/** Prints the view of each dataset in the schema `masked`, for pasting into a migration: `node scripts/masked-views.ts [dataset…]`. */
import { DatasetName, datasetNames } from '@bizq/sdk/contract'
import { maskedViewSql, openIndexSql, sqlName } from '../src/features/masking/views.ts'

const wanted = process.argv.slice(2).map((name) => DatasetName.parse(name))
for (const dataset of wanted.length ? wanted : datasetNames) {
  console.log(`  \`${maskedViewSql(dataset)}\`,`)
  console.log(`  'grant select on masked.${sqlName(dataset)} to bizq_masked',`)
  const index = openIndexSql(dataset)
  if (index) console.log(`  \`${index}\`,`)
}
