import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { enter, type Api, type Person, type Upload } from './api.ts'
import { furnish, type Furniture } from './furnish.ts'
import { furnishBilled } from './furnish/billed.ts'
import { furnishPayers, type Payer } from './furnish/payers.ts'
import { openLost, openUnpaid } from './furnish/provider-money.ts'
import { newPerson } from './operator.ts'

type Demo = 'owner' | 'viewer' | 'provider' | 'admin' | 'certifier'

/** What platform/test/browser-ground.ts prints. */
interface Ground {
  url: string
  home: string
  people: Record<Demo, Person>
  files: Upload[]
}

/** What is there before the first test. */
export interface Seed extends Furniture {
  /** What belongs to the operator with months behind it. */
  billed: Awaited<ReturnType<typeof furnishBilled>>['billed']
  url: string
  /** The data folder of the installation. */
  home: string
  /** Files with the cookies of who is signed in. */
  states: Record<Demo | Payer | 'newcomer' | 'unpaid' | 'lost' | 'anew' | 'billed', string>
  /** The order lines of a shop: many rows. */
  orderLines: Upload
  /** The account, the transactions and the bills of an organisation that is short of cash. */
  books: Upload[]
}

const script = join(import.meta.dirname, '../../platform/test/browser-ground.ts')

/** Starts the built product once for all tests, signs its people in, and ends it after them. */
export default async function startProduct(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'bizq-browser-'))
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  const stop = async () => {
    child.stdin.end()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    process.env['BIZQ_TEST_SEED'] = JSON.stringify(await seed(await readGround(child.stdout), folder))
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}

async function readGround(output: NodeJS.ReadableStream): Promise<Ground> {
  for await (const line of createInterface({ input: output }))
    if (line.startsWith('{')) return JSON.parse(line) as Ground
  throw new Error('The product did not start; what it printed is above.')
}

async function seed({ url, home, people, files }: Ground, folder: string): Promise<Seed> {
  const save = async (name: string, api: Api) => {
    const path = join(folder, `${name}.json`)
    await api.context.storageState({ path })
    return path
  }
  const demo = Object.entries(people).map(async ([who, person]) => {
    const api = await enter(url, 'sign-in', person)
    return [who, api, await save(who, api)] as const
  })
  const entered = await Promise.all(demo)
  const apis = Object.fromEntries(entered.map(([who, api]) => [who, api])) as Record<Demo, Api>
  const paths = Object.fromEntries(entered.map(([who, , path]) => [who, path])) as Record<Demo, string>
  const newcomer = await save('newcomer', await enter(url, 'sign-up', newPerson('Nell Ward')))
  const unpaid = await save('unpaid', await openUnpaid(url, apis.admin))
  const { lost, anew } = await openLost(url)
  const disconnected = { lost: await save('lost', lost), anew: await save('anew', anew) }
  const furniture = await furnish(apis, folder)
  const { state, billed } = await furnishBilled(apis, url, folder)
  const payers = await furnishPayers(url, folder)
  const states = { ...paths, newcomer, unpaid, ...disconnected, ...payers, billed: state }
  const orderLines = files.find(({ mapping }) => mapping?.dataset === 'orderLines') as Upload
  const books = files.filter((file) => file !== orderLines)
  return { url, home, states, orderLines, books, billed, ...furniture }
}
