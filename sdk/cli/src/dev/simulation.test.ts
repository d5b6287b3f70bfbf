import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandbox, type Sandbox } from '@bizq/sandbox'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openDevServer } from './server.ts'
import { createSimulation, type Simulation } from './simulation.ts'

let sandbox: Sandbox
beforeAll(() => {
  sandbox = createSandbox({ maxProcesses: 1 })
})
afterAll(() => sandbox.close())

const code = `import { defineProvider, usd, z } from '@bizq/sdk'
export default defineProvider({
  service: 'bill-mover', version: '1.0.0', name: 'Bill Mover', category: 'financial/cash-flow',
  summary: 'Moves every open bill, for the sake of the example.', pricing: { monthly: usd(1) },
  capabilities: ['payables_scheduling'],
  data: {
    bills: { fields: ['id', 'dueAt', 'status', 'amountDue'], history: '90d', purpose: 'To know what falls due.' },
    customers: { fields: ['id'], purpose: 'To know whom to write to.' },
  },
  money: 'scaled', actions: ['bill.reschedule', 'email.send'], schedule: 'daily',
  settings: z.object({ days: z.int().min(1).max(90).default(40) }),
  state: z.object({ runs: z.int() }),
  execute({ data, settings, state, today, propose }) {
    for (const bill of data.bills.filter((each) => each.status === 'open')) {
      const dueAt = today.add({ days: settings.days }).toString()
      propose('bill.reschedule', { bill: bill.id, dueAt }, { impact: bill.amountDue, confidence: 0.9, because: [bill] })
    }
    return { metrics: { owed: data.bills[0]?.amountDue ?? 0 }, state: { runs: (state?.runs ?? 0) + 1 } }
  },
})`

async function providerFolder(text = code): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bizq-simulation-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "exports": "./index.ts" }')
  await writeFile(join(folder, 'index.ts'), text)
  return folder
}

async function simulate(): Promise<Simulation & { folder: string }> {
  const folder = await providerFolder()
  const simulation = createSimulation({ folder, sandbox, seed: 1 })
  await simulation.rebuild()
  return { ...simulation, folder }
}

test('a proposal reads with real names and true amounts, and the input shows neither', async () => {
  const { cards, input, run } = (await simulate()).state()
  const [card] = cards
  expect(card?.sentence).toMatch(/^Move .+’s bill of £[\d,.]+ from .+ to 10 Jan 2027$/)
  expect(card?.stake).toBe(card?.impact)
  const row = input.bills?.rows.find(({ real }) => real['status'] === 'open')
  expect(row?.seen['id']).toMatch(/^bil_[0-9a-f]{32}$/)
  expect(row?.real['amountDue']).not.toEqual(row?.seen['amountDue'])
  expect(run).toMatchObject({ outcome: 'succeeded', problems: [] })
})

test('approving changes the books, so that the next run sees it; undo puts them back', async () => {
  const simulation = await simulate()
  const [card] = simulation.state().cards
  simulation.approve(card?.id ?? '')
  const [approved] = simulation.state().cards
  expect(approved).toMatchObject({
    status: 'approved',
    undo: 'possible',
    effects: [{ changes: [{ field: 'dueAt', after: '10 Jan 2027' }] }],
  })
  expect(approved?.carryOver).toContain('In your bookkeeping')
  expect(() => simulation.approve(card?.id ?? '')).toThrow('approved before')
  await simulation.run()
  const moved = simulation.state().cards.find(({ blocked }) => blocked !== null)
  expect(moved?.sentence).toContain('from 10 Jan 2027')

  await simulation.reset()
  simulation.approve('1')
  simulation.undo('1')
  expect(simulation.state().cards[0]?.status).toBe('undone')
  await simulation.run()
  expect(simulation.state().cards[0]?.sentence).toBe(card?.sentence)
})

test('settings are held to their schema, and state is kept from run to run until it is started over', async () => {
  const simulation = await simulate()
  await expect(simulation.changeSettings({ days: 500 })).rejects.toThrow('/days')
  await simulation.changeSettings({ days: 60 })
  expect(simulation.state().cards[0]?.sentence).toContain('30 Jan 2027')
  expect(simulation.state().run?.state).toEqual({ runs: 2 })
  await simulation.reset()
  expect(simulation.state().run?.state).toEqual({ runs: 1 })
})

test('a provider that does not build any more says why, and what it did before stays to be seen', async () => {
  const simulation = await simulate()
  await writeFile(join(simulation.folder, 'index.ts'), code.replace("version: '1.0.0'", "version: 'one'"))
  await simulation.rebuild()
  const { problem, cards } = simulation.state()
  expect(problem).toContain('/version')
  expect(cards.length).toBeGreaterThan(0)
})

test('a remote provider runs through the whole protocol, on this machine', async () => {
  const remote = code.replace(
    "schedule: 'daily',",
    "schedule: 'daily', remote: 'https://provider.example/bizq',",
  )
  const folder = await providerFolder(
    remote.replace('for (const bill', "console.log('on', process.platform); for (const bill"),
  )
  const simulation = createSimulation({ folder, sandbox, seed: 1 })
  await simulation.rebuild()
  const { problem, run, cards, bundleBytes } = simulation.state()
  expect([problem, run?.outcome, bundleBytes]).toEqual([null, 'succeeded', 0])
  expect(cards.length).toBeGreaterThan(0)
  expect(run?.log).toContain(`on ${process.platform}`)
})

describe('the page', () => {
  const serve = async () => {
    const simulation = await simulate()
    const server = await openDevServer(simulation, 22_000 + (process.pid % 8_000))
    onTestFinished(() => server.close())
    const post = (path: string, body: object, headers = {}) =>
      fetch(`${server.address}${path}`, { method: 'POST', body: JSON.stringify(body), headers })
    return { simulation, server, post }
  }

  test('shows the state, approves, and says why something cannot be', async () => {
    const { server, post } = await serve()
    expect(await (await fetch(server.address)).text()).toContain('<title>bizq dev</title>')
    for (const file of ['page.js', 'page.css'])
      expect((await fetch(`${server.address}/${file}`)).status).toBe(200)
    expect((await post('/approve', { card: '1' })).status).toBe(200)
    const state = (await (await fetch(`${server.address}/state`)).json()) as { cards: { status: string }[] }
    expect(state.cards[0]?.status).toBe('approved')
    const again = await post('/approve', { card: '1' })
    expect([again.status, await again.json()]).toEqual([
      409,
      { ok: false, detail: 'It was approved before.' },
    ])
    expect((await fetch(`${server.address}/package.json`)).status).toBe(404)
  })

  test('answers no page but its own', async () => {
    const { server, post } = await serve()
    const foreign = await post('/reset', {}, { origin: 'https://elsewhere.example' })
    expect(foreign.status).toBe(403)
    const { request } = await import('node:http')
    const { hostname, port } = new URL(server.address)
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request(
        { hostname, port, path: '/state', headers: { host: 'rebound.example' } },
        (answer) => {
          answer.resume()
          resolve(answer.statusCode)
        },
      )
      asked.once('error', reject).end()
    })
    expect(status).toBe(403)
  })

  test('runs no script but its own', async () => {
    const { server } = await serve()
    const { headers } = await fetch(server.address)
    expect(headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(headers.get('content-security-policy')).not.toContain('unsafe-inline')
  })

  test('that another program has the port of is refused with what to do', async () => {
    const { simulation, server } = await serve()
    await expect(openDevServer(simulation, Number(new URL(server.address).port))).rejects.toThrow(
      'name another with --port',
    )
  })
})
