import type { Api } from '../api.ts'

interface Page<T> {
  items: T[]
}

/** A coupon beside what the demo has: a month that was invoiced, paid and shared out. */
export async function furnishMoney(owner: Api, admin: Api) {
  await admin.post('/admin/coupons', { code: 'SPRING-25', percent: 25, appliesTo: 'services', months: 3 })
  const invoices = await owner.get<Page<{ id: string; paidAt: string | null }>>('/invoices?limit=1')
  const [invoice] = invoices.items
  if (!invoice?.paidAt) throw new Error('The demo has no paid invoice')
  const entries = await admin.get<Page<{ cause: { type: string; id: string } }>>(
    '/admin/ledger/entries?limit=1',
  )
  const { type, id } = entries.items[0]?.cause ?? { type: '', id: '' }
  return {
    money: {
      invoice: invoice.id,
      cause: `${type}/${id}`,
      month: invoice.paidAt.slice(0, 7),
    },
  }
}
