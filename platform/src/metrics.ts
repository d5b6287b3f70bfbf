import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

/** What /metrics shows. Labels are route patterns and states, never ids. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'bizq_' })
  const registers = [registry]
  return {
    registry,
    requests: new Histogram({
      name: 'bizq_http_request_duration_seconds',
      help: 'Time to answer a request.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 5],
      registers,
    }),
    executions: new Counter({
      name: 'bizq_executions_total',
      help: 'Executions settled, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    decisions: new Counter({
      name: 'bizq_decisions_total',
      help: 'Decisions recorded.',
      labelNames: ['decision', 'by'],
      registers,
    }),
    stripeWebhooks: new Counter({
      name: 'bizq_stripe_webhooks_total',
      help: 'What was sent to the address of Stripe’s webhooks, by what became of it.',
      labelNames: ['outcome'],
      registers,
    }),
    streams: new Gauge({ name: 'bizq_event_streams', help: 'Live event streams that are open.', registers }),
  }
}
export type Metrics = ReturnType<typeof createMetrics>
