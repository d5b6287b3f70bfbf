import { parseArgs } from 'node:util'
import { startStripeSimulator } from './index.ts'

const usage = `node platform/stripe-simulator/main.ts [--port 12111] [--key sk_test_by_hand] [--store FILE] [--webhooks URL --secret whsec_…]

Runs the simulator alone, until Ctrl-C. Without --store nothing is kept.`

try {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      port: { type: 'string', default: '12111' },
      key: { type: 'string', default: 'sk_test_by_hand' },
      store: { type: 'string' },
      webhooks: { type: 'string' },
      secret: { type: 'string', default: 'whsec_by_hand' },
    },
  })
  if (values.help) console.log(usage)
  else {
    const { key, port, secret, store, webhooks } = values
    const simulator = await startStripeSimulator({
      port: Number(port),
      secretKey: key,
      seed: 'by hand',
      ...(store === undefined ? {} : { store }),
      ...(webhooks === undefined ? {} : { webhookUrl: webhooks, webhookSecret: secret }),
    })
    console.log(`Stripe simulator at ${simulator.url}, with the key ${key}. No real money. Ctrl-C stops it.`)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close())
  }
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  process.exitCode = 2
}
