import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from './run.ts'

const code = (days: number) => `import { defineProvider, usd } from '@bizq/sdk'
export default defineProvider({
  service: 'bill-mover', version: '1.0.0', name: 'Bill Mover', category: 'financial/cash-flow',
  summary: 'Moves every bill by a week, for the sake of the example.', pricing: { monthly: usd(1) },
  capabilities: ['payables_scheduling'],
  data: { bills: { fields: ['id', 'status'], history: '90d', purpose: 'To know what falls due.' } },
  money: 'scaled', actions: ['bill.reschedule'], schedule: 'daily',
  execute({ data, today, propose }) {
    const bill = data.bills.find((each) => each.status === 'open')
    if (bill) propose('bill.reschedule', { bill: bill.id, dueAt: today.add({ days: ${days} }).toString() }, { confidence: 0.9, because: [bill] })
  },
})
`

interface Told {
  event: 'serving' | 'ran'
  address?: string
  problem?: string | null
  cards?: { sentence: string }[]
}

/** `bizq dev --json` as a program; `next` is its next line of that sort. */
async function startDev(folder: string) {
  const main = join(import.meta.dirname, '../src/main.ts')
  const port = String(24_000 + (process.pid % 6_000))
  const child = spawn(process.execPath, [main, 'dev', folder, '--json', '--no-open', '--port', port], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (event: Told['event']): Promise<Told> => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) throw new Error('bizq dev ended')
      const told = JSON.parse(value) as Told
      if (told.event === event) return told
    }
  }
  const stop = () => {
    child.kill('SIGINT')
    return ended
  }
  return { next, stop }
}

test('a change to the provider is built and run by itself, a broken one is told, and Ctrl-C ends it well', async () => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'src'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "exports": "./src/index.ts" }')
  const source = join(folder, 'src/index.ts')
  await writeFile(source, code(40))

  const { next, stop } = await startDev(folder)
  const { address = '' } = await next('serving')
  expect((await next('ran')).cards?.[0]?.sentence).toContain('10 Jan 2027')

  await writeFile(source, code(41))
  expect((await next('ran')).cards?.[0]?.sentence).toContain('11 Jan 2027')

  await writeFile(source, code(41).replace('execute(', 'exceute('))
  expect((await next('ran')).problem).toContain('execute')

  await writeFile(source, code(42))
  expect(await next('ran')).toMatchObject({ problem: null })
  const state = (await (await fetch(`${address}/state`)).json()) as Told
  expect(state.cards?.[0]?.sentence).toContain('12 Jan 2027')
  expect(await stop()).toBe(0)
})
