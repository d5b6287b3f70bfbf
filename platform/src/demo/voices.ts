import { RefusedError, type Caller } from './caller.ts'

interface Named {
  id: string
  name: string
}
interface Subscription {
  id: string
  business: string
  service: { service: string }
}
interface Action {
  id: string
  version: string
  confidence: number
}
interface Reviewed {
  mayReview: boolean
  review: { id: string } | null
}
interface Written {
  items: { sender: 'operator' | 'provider' }[]
}

/** What the businesses of the demo say of services, by business and service. */
const reviews: Record<string, Record<string, { stars: number; words: string }>> = {
  'Harbour Gifts': {
    'inventory-planner': {
      stars: 5,
      words:
        'In the first run it found eleven lines that would have been empty before the holidays. The quantities were close to what we would have ordered ourselves.',
    },
  },
  'Midland Works': {
    'expense-categoriser': {
      stars: 4,
      words:
        'Nine of ten card lines are right at once. Fuel and parking are sometimes mixed up, and one tap mends that.',
    },
  },
  'Makers’ Yard': {
    'cash-flow-optimizer': {
      stars: 5,
      words:
        'We are small and had no forecast at all. Now a bill waits a week when it can, and nobody loses sleep.',
    },
  },
  'Nordwind Handel': {
    'cash-flow-optimizer': {
      stars: 3,
      words:
        'The forecast is sound. The import of our bank file was slow at first, and so the first proposals came late.',
    },
  },
  'Lantern & Loom': {
    'inventory-planner': {
      stars: 4,
      words:
        'Good with what sells every week, careful with what sells twice a year. That is how it should be.',
    },
  },
}

/** Lets an operator say what it thinks of its services, each after a first decision, and ask a provider something. */
export async function writeReviews(owner: Caller): Promise<void> {
  const businesses = (await owner.get<{ items: Named[] }>('/businesses?limit=100')).items
  const { items } = await owner.get<{ items: Subscription[] }>('/subscriptions?limit=100')
  for (const { id, business, service } of items) {
    const name = businesses.find((one) => one.id === business)?.name ?? ''
    if (name === 'Harbour Gifts' && service.service === 'cash-flow-optimizer') await ask(owner, id)
    const review = reviews[name]?.[service.service]
    if (!review) continue
    const own = await owner.get<Reviewed>(`/subscriptions/${id}/review`)
    if (own.review) continue
    if (own.mayReview || (await decideOne(owner, id))) await owner.put(`/subscriptions/${id}/review`, review)
  }
}

/** Rejects the proposal that is the least sure, where nothing was decided yet. */
async function decideOne(owner: Caller, subscription: string): Promise<boolean> {
  const query = `state=proposed&subscription=${subscription}&limit=100`
  const { items } = await owner.get<{ items: Action[] }>(`/actions?${query}`)
  const least = items.toSorted((a, b) => a.confidence - b.confidence)[0]
  if (!least) return false
  const body = { decision: 'reject', version: least.version, reason: { code: 'bad-timing' } }
  await owner.post(`/actions/${least.id}/decision`, body)
  return true
}

async function ask(owner: Caller, subscription: string): Promise<void> {
  const path = `/subscriptions/${subscription}/messages`
  if ((await owner.get<Written>(path)).items.length > 0) return
  await owner.post(path, {
    words:
      'Harbour Gifts here. What does it need to see before it proposes something? We pay Pennine Ceramics Ltd in three parts.',
  })
}

const answers: Record<number, string> = {
  3: 'Thank you. The first run waits for the bank file; since the last release it says so instead of proposing late.',
}

/** Lets the provider answer what was said of its services, report one review and write back to who wrote. */
export async function answerVoices(provider: Caller): Promise<void> {
  const service = 'cash-flow-optimizer'
  const given = await provider.get<{ items: { id: string; stars: number; answer: object | null }[] }>(
    `/provider/services/${service}/reviews`,
  )
  for (const { id, stars, answer } of given.items) {
    const words = answers[stars]
    if (words && !answer) await provider.put(`/provider/reviews/${id}/answer`, { words })
    if (stars === 3) await report(provider, id)
  }
  const threads = await provider.get<{ items: { subscriber: string }[] }>(
    `/provider/services/${service}/threads`,
  )
  for (const { subscriber } of threads.items) {
    const path = `/provider/subscribers/${subscriber}/messages`
    if ((await provider.get<Written>(path)).items[0]?.sender === 'provider') continue
    await provider.post(path, {
      words:
        'Eight weeks of transactions with their days, and the balance of one account. Three parts are fine: each bill is looked at by itself.',
    })
  }
}

async function report(provider: Caller, review: string): Promise<void> {
  const body = {
    reason: 'not-about-the-service',
    words: 'What was slow is the import of a bank file, which is not part of this service.',
  }
  await provider.post(`/reviews/${review}/report`, body).catch((error: unknown) => {
    if (!(error instanceof RefusedError && error.status === 409)) throw error
  })
}
