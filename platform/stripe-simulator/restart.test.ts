import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { chargeOf, clientOf, invoiced, paying, secretKey, started } from './test/simulator.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'stripe-simulator-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

async function served(file: string): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'test/serve.ts'), '0', secretKey, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const url = await new Promise<string>((resolve) =>
    child.stdout?.once('data', (text: Buffer) => resolve(text.toString().trim())),
  )
  return { url, child }
}

const died = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve))

test('what was answered outlives the death of the process, and a lost answer is found again', async () => {
  const file = join(folder(), 'stripe.sqlite')
  const answered: string[] = []
  let asked = 0
  for (let round = 0; round < 4; round += 1) {
    const { url, child } = await served(file)
    const stripe = clientOf(url)
    const end = died(child)
    const worker = async () => {
      for (;;) {
        const number = (asked += 1)
        const made = await stripe.customers
          .create({ name: `No. ${number}` }, { idempotencyKey: `customer:${number}` })
          .catch(() => undefined)
        if (!made) return
        answered.push(made.id)
        if (answered.length === 25 * (round + 1)) child.kill('SIGKILL')
      }
    }
    await Promise.all([worker(), worker(), worker()])
    await end
  }

  const { url } = await served(file)
  const stripe = clientOf(url)
  const kept: string[] = []
  for await (const customer of stripe.customers.list({ limit: 100 })) kept.push(customer.id)
  expect(answered.length).toBeGreaterThanOrEqual(100)
  expect(answered.filter((id) => !kept.includes(id))).toEqual([])
  for (let number = 1; number <= asked; number += 1)
    await stripe.customers.create({ name: `No. ${number}` }, { idempotencyKey: `customer:${number}` })
  const names: (string | null | undefined)[] = []
  for await (const customer of stripe.customers.list({ limit: 100 })) names.push(customer.name)
  expect(names).toHaveLength(asked)
  expect(new Set(names).size).toBe(asked)
})

test('after a restart everything is as it was: objects, balance, clocks, and what is still to be told', async () => {
  const store = join(folder(), 'stripe.sqlite')
  const got: string[] = []
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => {
      got.push(String(request.headers['stripe-signature']))
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const before = await started({ store, webhookUrl })
  await before.control('webhooks/hold', { held: true })
  const customer = await paying(before.stripe)
  const invoice = await invoiced(before.stripe, customer.id, [4000])
  await before.stripe.invoices.pay(invoice.id)
  const balance = await before.stripe.balance.retrieve()
  const charge = await chargeOf(before.stripe, invoice.id)
  await before.simulator.close()

  const after = await started({ store, webhookUrl })
  expect(got).toEqual([])
  expect((await after.stripe.balance.retrieve()).pending).toEqual(balance.pending)
  expect((await chargeOf(after.stripe, invoice.id)).id).toBe(charge.id)
  expect((await after.stripe.customers.create({ name: 'New' })).id).not.toBe(customer.id)
  const told = (await after.stripe.events.list({ limit: 100 })).data.length
  await after.control('webhooks/hold', { held: false })
  await after.simulator.delivered()
  expect(got).toHaveLength(told)
})

test('one store serves one process', async () => {
  const store = join(folder(), 'stripe.sqlite')
  await started({ store })

  await expect(started({ store })).rejects.toThrow(/locked/)
})
