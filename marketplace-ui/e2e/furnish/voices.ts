import type { Api } from '../api.ts'

interface Subscription {
  id: string
  service: { service: string }
}
interface Thread {
  subscription: string
}

/** A conversation that an operator reported, a review that a provider did, and the subscriptions that have them. */
export async function furnishVoices(owner: Api, admin: Api, provider: Api) {
  const service = 'cash-flow-optimizer'
  const { items } = await owner.get<{ items: Thread[] }>('/threads')
  const written = items[0]?.subscription ?? ''
  const all = await owner.get<{ items: Subscription[] }>('/subscriptions?limit=100')
  const silent = all.items.find((one) => one.id !== written)?.id ?? ''
  await owner.post(`/subscriptions/${silent}/messages`, { words: 'Which of my bills do you look at?' })
  await owner.post(`/subscriptions/${silent}/thread/report`, {
    reason: 'asks-who-i-am',
    words: 'It asks for the name of my company.',
  })
  const threads = await provider.get<{ items: { subscriber: string }[] }>(
    `/provider/services/${service}/threads`,
  )
  const reports = await admin.get<{ items: { report: string }[] }>('/admin/threads')
  const reviews = await admin.get<{ items: { id: string }[] }>('/admin/reviews')
  const unreviewed = all.items.find((one) => one.service.service === 'receivables-accelerator')?.id ?? ''
  return {
    voices: {
      service,
      written,
      unreviewed,
      reviewed: all.items.find((one) => one.service.service === 'inventory-planner')?.id ?? '',
      subscriber: threads.items.at(-1)?.subscriber ?? '',
      report: reports.items[0]?.report ?? '',
      review: reviews.items[0]?.id ?? '',
    },
  }
}
