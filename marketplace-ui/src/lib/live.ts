import { invalidate, refreshAll } from '$app/navigation'

/** An event of the API's stream, as it is passed between tabs. */
export interface LiveEvent {
  id: string
  type: string
  data: unknown
}

/** What a page depends on, by the first word of the events that change it. */
const dependencies: Record<string, string> = {
  action: 'bizq:actions',
  effect: 'bizq:actions',
  execution: 'bizq:executions',
  import: 'bizq:imports',
  record: 'bizq:imports',
  subscription: 'bizq:subscriptions',
  fence: 'bizq:subscriptions',
  invoice: 'bizq:billing',
  plan: 'bizq:billing',
  trial: 'bizq:billing',
  billing: 'bizq:billing',
  usage: 'bizq:billing',
  refund: 'bizq:billing',
  organisation: 'bizq:organisation',
  message: 'bizq:messages',
  thread: 'bizq:messages',
  review: 'bizq:reviews',
}

export const eventTypes = [
  'reset',
  'action.proposed',
  'action.decided',
  'action.returned',
  'action.applied',
  'action.failed',
  'action.undone',
  'action.expired',
  'action.withdrawn',
  'execution.queued',
  'execution.started',
  'execution.waits',
  'execution.finished',
  'import.received',
  'import.progressed',
  'import.finished',
  'import.failed',
  'import.undone',
  'record.changed',
  'fence.changed',
  'subscription.created',
  'subscription.changed',
  'subscription.paused',
  'subscription.resumed',
  'subscription.cancelled',
  'subscription.upgraded',
  'subscription.waits-for-consent',
  'message.from-provider',
  'thread.changed',
  'thread.closed',
  'review.answered',
  'review.hidden',
  'review.kept',
  'invoice.created',
  'invoice.paid',
  'invoice.failed',
  'plan.changed',
  'trial.ending',
  'billing.paused',
  'billing.resumed',
  'billing.card-changed',
  'usage.near-cap',
  'usage.capped',
  'refund.made',
  'refund.failed',
  'organisation.stopped',
  'organisation.resumed',
] as const

/**
 * Follows the API's events with one connection for all tabs: the tab that holds the lock listens and
 * tells the others. Returns what ends it.
 */
export function followEvents(onevent: (event: LiveEvent) => void): () => void {
  const ended = new AbortController()
  const channel = new BroadcastChannel('bizq-events')
  let lastId: string | undefined
  const take = (event: LiveEvent) => {
    lastId = event.id || lastId
    onevent(event)
  }
  channel.addEventListener('message', (message: MessageEvent<LiveEvent>) => take(message.data))
  const lead = () =>
    listen(lastId, ended.signal, (event) => {
      // eslint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel has none
      channel.postMessage(event)
      take(event)
    })
  // Locks exist only where the page is secure; elsewhere each tab listens for itself.
  if (navigator.locks) {
    navigator.locks.request('bizq-events', { signal: ended.signal }, lead).catch(() => undefined)
  } else void lead()
  return () => {
    ended.abort()
    channel.close()
  }
}

function listen(
  lastId: string | undefined,
  signal: AbortSignal,
  onevent: (event: LiveEvent) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const source = new EventSource(`/v1/events${lastId ? `?after=${encodeURIComponent(lastId)}` : ''}`)
    const pass = (message: MessageEvent<string>) =>
      onevent({ id: message.lastEventId, type: message.type, data: parse(message.data) })
    for (const type of eventTypes) source.addEventListener(type, pass)
    signal.addEventListener('abort', () => {
      source.close()
      resolve()
    })
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Loads again what an event has changed: the first at once, those that follow within 250 ms together. */
export function refreshOnEvents(): (event: LiveEvent) => void {
  const waiting = new Map<string, { isDue: boolean }>()
  const refresh = (dependency: string) => {
    const state = { isDue: false }
    waiting.set(dependency, state)
    void invalidate(dependency)
    setTimeout(() => {
      waiting.delete(dependency)
      if (state.isDue) refresh(dependency)
    }, 250)
  }
  return (event) => {
    const type =
      event.type === 'message' ? ((event.data as { type?: string } | null)?.type ?? '') : event.type
    if (type === 'reset') return void refreshAll()
    const dependency = dependencies[event.type.split('.')[0] ?? '']
    if (!dependency) return
    const state = waiting.get(dependency)
    if (state) state.isDue = true
    else refresh(dependency)
  }
}
