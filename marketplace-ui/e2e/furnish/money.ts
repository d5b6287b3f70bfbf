import type { Api } from '../api.ts'

interface Page<T> {
  items: T[]
}

/** What of money is booked, to be followed from there. */
export async function furnishMoney(admin: Api) {
  const entries = await admin.get<Page<{ cause: { type: string; id: string } }>>(
    '/admin/ledger/entries?limit=1',
  )
  const cause = entries.items[0]?.cause
  return { money: { cause: `${cause?.type ?? 'invoice'}/${cause?.id ?? 'none'}` } }
}
