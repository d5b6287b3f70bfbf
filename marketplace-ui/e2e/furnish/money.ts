import { until, type Api } from '../api.ts'

interface Page<T> {
  items: T[]
}

/** An operator whose trial is over and who has an invoice, and what is booked of it. */
export async function furnishMoney(owner: Api, admin: Api) {
  await owner.put('/billing/plan', { plan: 'professional' })
  await owner.post('/billing/test-clock/advance', { days: 15 })
  await admin.post('/admin/coupons', { code: 'SPRING-25', percent: 25, appliesTo: 'services', months: 3 })
  const invoices = await until(
    () => owner.get<Page<{ id: string }>>('/invoices?limit=1'),
    ({ items }) => items.length > 0,
  )
  const entries = await admin.get<Page<{ cause: { type: string; id: string } }>>(
    '/admin/ledger/entries?limit=1',
  )
  const { type, id } = entries.items[0]?.cause ?? { type: '', id: '' }
  return {
    money: {
      invoice: invoices.items[0]?.id ?? '',
      cause: `${type}/${id}`,
      month: new Date().toISOString().slice(0, 7),
    },
  }
}
