import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { carryOut, sendFile } from '../test/imports.ts'
import { createBusiness, signUpOperator } from '../test/people.ts'
import { median, round, spread, tell, timed, type Figure } from './figure.ts'
import { watchMemory } from './memory.ts'
import type { Stage } from './stage.ts'

export interface ImportSizes {
  rows: number
  rounds: number
}

const sample = join(
  import.meta.dirname,
  '../src/features/data/formats/fixtures/uci-online-retail/online_retail.csv',
)

/** What the product guesses of the sample's columns, confirmed. */
const mapping = {
  dataset: 'orderLines',
  columns: {
    InvoiceNo: 'order.number',
    StockCode: 'product.sku',
    Description: 'description',
    Quantity: 'quantity',
    InvoiceDate: 'placedAt',
    UnitPrice: 'unitPrice',
    CustomerID: 'order.customer.id',
    Country: 'order.country',
  },
  headerLine: 1,
  delimiter: ',',
  decimal: '.',
  dateOrder: 'ymd',
}

/** A file of sales as an operator exports it, landed in the datasets, against `COPY` of the same bytes to a temporary table. */
export async function measureImports(stage: Stage, sizes: ImportSizes): Promise<Figure[]> {
  const file = fileOf(sizes.rows)
  const rates: number[] = []
  const copies: number[] = []
  let peak = 0
  let counts: unknown
  const before = Math.round(process.memoryUsage.rss() / 1024 / 1024)
  tell(`imports: ${sizes.rounds} rounds of ${sizes.rows} rows, ${file.length} bytes`)
  for (let i = 0; i < sizes.rounds; i++) {
    const operator = await signUpOperator(stage.app)
    const business = await createBusiness(operator)
    const received = await sendFile(operator, business, file, { name: 'online_retail.csv', mapping })
    const watch = watchMemory()
    const ms = await timed(async () => {
      const done = await carryOut(stage, operator, received)
      if (done.body.state !== 'finished')
        throw new Error(`the import did not finish: ${JSON.stringify(done.body)}`)
      counts = done.body.counts
    })
    peak = Math.max(peak, watch.stop().platformMib)
    rates.push((sizes.rows / ms) * 1_000)
    copies.push((sizes.rows / (await copyBarely(stage.adminUrl, file, sizes.rows))) * 1_000)
  }
  return [
    {
      figure: 'import of a CSV file of sales',
      value: round(median(rates)),
      unit: 'rows/s',
      against: { what: 'COPY of the same rows to a temporary table', value: round(median(copies)) },
      ratio: round(median(rates) / median(copies)),
      size: { rows: sizes.rows, bytes: file.length },
      rounds: sizes.rounds,
      noise: spread(rates),
      also: { peakRssMib: peak, rssBeforeMib: before, counts },
    },
  ]
}

/** The sample's whole invoices again and again, each time a day later and under numbers of its own. */
function fileOf(rows: number): Buffer {
  const [header = '', ...lines] = readFileSync(sample, 'utf8').trimEnd().split('\n')
  const made = [header]
  for (let turn = 0; made.length <= rows; turn++) {
    const day = new Date(Date.UTC(2020, 0, 1) + turn * 86_400_000).toISOString().slice(0, 10)
    for (const line of lines) {
      if (made.length > rows) break
      const [number, rest] = [line.slice(0, line.indexOf(',')), line.slice(line.indexOf(','))]
      made.push(`${number}${turn}${rest.replace(/\d{4}-\d{2}-\d{2}(?= \d{2}:)/, day)}`)
    }
  }
  return Buffer.from(`${made.join('\n')}\n`)
}

async function copyBarely(url: string, file: Buffer, rows: number): Promise<number> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(
    'create temporary table sales (number text, code text, description text, quantity text, at text, price text, customer text, country text)',
  )
  const ms = await timed(() =>
    pipeline(
      Readable.from([file]),
      client.query(copyFrom('copy sales from stdin with (format csv, header)')),
    ),
  )
  const { rows: counted } = await client.query<{ n: number }>('select count(*)::int as n from sales')
  await client.end()
  if (counted[0]?.n !== rows) throw new Error(`COPY took ${counted[0]?.n} of ${rows} rows`)
  return ms
}
