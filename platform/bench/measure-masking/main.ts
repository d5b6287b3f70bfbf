// pnpm measure:masking: how much of the personal data in free text is taken out, on labelled corpora. Runs offline.
import { parseArgs } from 'node:util'
import { measureGenerated, measureKnown } from './measure-generated.ts'
import { measurePresidio } from './measure-presidio.ts'
import { measureShopify } from './measure-shopify.ts'
import { type Row, printRows, rowsMissingAims } from './report.ts'

const { values } = parseArgs({
  options: {
    split: { type: 'string', default: 'held-out' },
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '20260401' },
    misses: { type: 'string', default: '0' },
  },
})

if (values.split !== 'held-out' && values.split !== 'development') {
  throw new Error(`--split is "${values.split}": say held-out or development`)
}
const count = Number(values.count)
if (!Number.isSafeInteger(count) || count < 1)
  throw new Error(`--count is "${values.count}": say a whole number above 0`)
const options = {
  split: values.split,
  count,
  seed: Number(values.seed),
  misses: Number(values.misses),
} as const

const rows: Row[] = [
  ...measurePresidio(options),
  ...measureShopify(options),
  ...measureGenerated(options),
  ...measureKnown(options),
]
printRows(rows, options)
process.exitCode = rowsMissingAims(rows).length > 0 ? 1 : 0
