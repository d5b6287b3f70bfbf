import { startStripeSimulator } from '../index.ts'

// A simulator as a process of its own, for those who kill it: `node serve.ts PORT KEY FILE`.
const [port = '0', secretKey = '', store = ':memory:'] = process.argv.slice(2)
const simulator = await startStripeSimulator({ port: Number(port), secretKey, seed: 'served', store })
process.stdout.write(`${simulator.url}\n`)
