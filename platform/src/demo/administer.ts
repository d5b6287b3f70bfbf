import type { Caller } from './caller.ts'

interface Page<T> {
  items: T[]
}
interface Subscription {
  id: string
  service: { service: string; id: string }
}

const day = (by: number): string => new Date(Date.now() + by * 86_400_000).toISOString().slice(0, 10)

/** What keeps an administrator busy: a service that is featured, a dispute that was decided, and one that waits for a decision. */
export async function administer(people: Record<'admin' | 'operator' | 'provider', Caller>): Promise<void> {
  const { admin, operator, provider } = people
  const subscriptions = (await operator.get<Page<Subscription>>('/subscriptions?limit=100')).items
  const featured = await admin.get<Page<object>>('/admin/featured')
  const service = (name: string) => subscriptions.find((one) => one.service.service === name)
  const accelerator = service('receivables-accelerator')
  if (featured.items.length === 0 && accelerator)
    await admin.post('/admin/featured', {
      service: accelerator.service.id,
      words:
        'It asks for what is late, in the order that brings cash in soonest, and never in the wrong tone.',
      fromDay: day(0),
      untilDay: day(30),
    })
  const disputes = await operator.get<Page<object>>('/disputes')
  if (disputes.items.length > 0) return
  const [first, second] = [service('expense-categoriser'), service('inventory-planner')]
  if (first) await settleOne(people, first.id)
  if (second) {
    const { id } = await operator.post<{ id: string }>(`/subscriptions/${second.id}/disputes`, {
      reason: 'not-as-described',
      words:
        'The listing says that it learns what sells before Christmas. For Harbour Gifts it orders as in July.',
      wish: 'credit',
      amount: { amount: 800, currency: 'USD' },
    })
    await provider.post(`/disputes/${id}/answer`, {
      words:
        'A season is learned from two years of orders, and there are eleven months here. We will say so on the listing.',
    })
  }
}

async function settleOne(
  { admin, operator, provider }: Record<'admin' | 'operator' | 'provider', Caller>,
  subscription: string,
): Promise<void> {
  const { id } = await operator.post<{ id: string }>(`/subscriptions/${subscription}/disputes`, {
    reason: 'wrong-result',
    words: 'It puts the rent of Midland Works under office supplies, although we corrected it three times.',
    wish: 'mending',
  })
  await provider.post(`/disputes/${id}/answer`, {
    words: 'Standing orders without a text were not told apart by their amount. Release 1.0.1 does that.',
  })
  await admin.post(`/disputes/${id}/decision`, {
    outcome: 'for-operator',
    words: 'The corrections of an operator have to stand. The provider mended it within a day.',
  })
}
