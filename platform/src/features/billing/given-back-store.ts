import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'

/** What became of what was given back of a line or of an invoice, in minor units. */
export interface GivenBack {
  /** Came to the operator's card or account credit. */
  refunded: number
  /** A bank took it of what its card had paid. */
  taken: number
  /** Credit that had paid it and can be used again. */
  creditBack: number
  /** Credit of a period that is over, or the platform, had paid it: nobody got anything. */
  covered: number
  /** On what came back, and on what a bank took. */
  tax: number
  takenTax: number
}

export const nothingGiven: GivenBack = {
  refunded: 0,
  taken: 0,
  creditBack: 0,
  covered: 0,
  tax: 0,
  takenTax: 0,
}

/** By line, of these invoices; what Stripe refused is left out. */
export async function listGivenBack(
  tx: Transaction<Database>,
  invoices: readonly string[],
): Promise<(GivenBack & { invoice: string; line: string })[]> {
  if (invoices.length === 0) return []
  const { rows } = await sql<Record<keyof GivenBack, string> & { invoice: string; line: string }>`
    select invoice_id as invoice, line_id as line, sum(case when way = 'bank' then 0 else card + credit end) as refunded,
      sum(case when way = 'bank' then card else 0 end) as taken, sum(service_back + granted_back) as "creditBack",
      sum(promotional - service_back - granted_back) as covered, sum(case when way = 'bank' then 0 else tax end) as tax,
      sum(case when way = 'bank' then tax else 0 end) as "takenTax"
    from refunds where invoice_id = any (${invoices}::uuid[]) and state <> 'refused' group by 1, 2`.execute(
    tx,
  )
  return rows.map(({ invoice, line, ...amounts }) => ({ invoice, line, ...inNumbers(amounts) }))
}

function inNumbers(amounts: Record<keyof GivenBack, string>): GivenBack {
  return Object.fromEntries(Object.entries(amounts).map(([name, each]) => [name, Number(each)])) as never
}

export function sumGiven(all: readonly GivenBack[]): GivenBack {
  const sum = (name: keyof GivenBack) => all.reduce((total, each) => total + each[name], 0)
  return {
    refunded: sum('refunded'),
    taken: sum('taken'),
    creditBack: sum('creditBack'),
    covered: sum('covered'),
    tax: sum('tax'),
    takenTax: sum('takenTax'),
  }
}
