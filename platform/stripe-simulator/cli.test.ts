import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { Stripe } from 'stripe'
import { afterAll, expect, test } from 'vitest'
import { secretKey, started } from './test/simulator.ts'

const resolve = createRequire(createRequire(import.meta.url).resolve('@stripe/cli/package.json')).resolve
const shim = resolve('./bin/shim.js')
const home = mkdtempSync(join(tmpdir(), 'stripe-cli-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** The program itself is an optional package, for the systems that Stripe builds it for: elsewhere these tests have nothing to run. */
function hasProgram(): boolean {
  const platforms = JSON.parse(readFileSync(resolve('./platforms.json'), 'utf8')) as Record<
    string,
    { pkg: string }
  >
  const name = platforms[`${process.platform}-${process.arch}`]?.pkg
  try {
    return name !== undefined && resolve(`${name}/package.json`) !== ''
  } catch {
    return false
  }
}
const canRun = hasProgram()

async function run(url: string, ...given: string[]): Promise<string> {
  // It would look for newer versions of itself: a proxy that is not there keeps it on this machine.
  const env = {
    ...process.env,
    STRIPE_CLI_TELEMETRY_OPTOUT: '1',
    XDG_CONFIG_HOME: home,
    HTTPS_PROXY: 'http://127.0.0.1:9',
  }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [shim, ...given, '--api-base', url, '--api-key', secretKey],
    { env },
  )
  return stdout
}

test.skipIf(!canRun)("Stripe's own command line makes, reads and lists objects", async () => {
  const { simulator, stripe } = await started()

  const made = JSON.parse(
    await run(simulator.url, 'customers', 'create', '--name', 'Ann', '-d', 'metadata[bizq]=org_1'),
  ) as { id: string }
  const read = JSON.parse(await run(simulator.url, 'get', `/v1/customers/${made.id}`)) as object
  const listed = JSON.parse(await run(simulator.url, 'customers', 'list', '--limit', '1')) as {
    data: object[]
  }

  expect(read).toMatchObject({ name: 'Ann', metadata: { bizq: 'org_1' } })
  expect(listed.data).toEqual([JSON.parse(JSON.stringify(await stripe.customers.retrieve(made.id)))])
})

test.skipIf(!canRun).for([
  ['invoice.paid', 'invoice.paid'],
  ['invoice.payment_failed', 'invoice.payment_failed'],
  ['payment_intent.succeeded', 'charge.succeeded'],
  ['payment_intent.payment_failed', 'charge.failed'],
  ['charge.refunded', 'charge.refunded'],
  ['charge.dispute.created', 'charge.dispute.created'],
  ['customer.subscription.created', 'customer.subscription.created'],
  ['setup_intent.succeeded', 'setup_intent.succeeded'],
  ['payout.created', 'payout.created'],
] as const)("Stripe's own command line triggers %s", async ([trigger, event]) => {
  const { simulator, stripe } = await started()

  await run(simulator.url, 'trigger', trigger)
  simulator.tick()

  expect((await stripe.events.list({ type: event })).data.length).toBeGreaterThan(0)
})

test('it runs alone, and says where and with which key', async () => {
  const script = join(import.meta.dirname, 'main.ts')
  const child = spawn(process.execPath, [script, '--port', '0', '--key', secretKey], { stdio: 'pipe' })
  const ended = once(child, 'close')
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { port } = new URL(/http:\S+(?=,)/.exec(line)?.[0] ?? '')
  const stripe = new Stripe(secretKey, { host: '127.0.0.1', port, protocol: 'http' })

  expect(await stripe.customers.create({ name: 'Ann' })).toMatchObject({ object: 'customer', name: 'Ann' })
  expect(line).toContain(secretKey)

  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})
