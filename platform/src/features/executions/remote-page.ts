import type { DatasetName } from '@bizq/sdk/contract'
import { z } from 'zod'
import { decodeCursor, encodeCursor, type PageQuery } from '../../http/pagination.ts'

export interface AskedPages {
  grant: string
  execution: string
  dataset: DatasetName
}

/** A page of rows as JSON text. */
export function pageOf(rows: readonly unknown[], page: PageQuery): string {
  const from = decodeCursor(page.cursor, z.tuple([z.int().min(0)]))?.[0] ?? 0
  const items = rows.slice(from, from + page.limit)
  const next = from + page.limit < rows.length ? encodeCursor([from + page.limit]) : null
  return JSON.stringify({ items, next })
}
