import { request } from '@playwright/test'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

interface Person {
  email: string
  password: string
}

/** What platform/test/browser-ground.ts prints. */
interface Ground {
  url: string
  people: { provider: Person; owner: Person; viewer: Person }
  business: string
  subscription: string
  execution: string
  import: string
  export: { text: string; customers: string[] }
}

/** What is there before the first test. */
export interface Seed extends Omit<Ground, 'people' | 'export'> {
  /** Files with the cookies of who is signed in. */
  states: Record<keyof Ground['people'], string>
  /** An export of invoices, with headers that BizQ has to ask about, and whose invoices they are. */
  export: { path: string; customers: string[] }
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
    const { people, export: exported, ...ground } = await readGround(child.stdout)
    const [provider, owner, viewer] = await Promise.all(
      [people.provider, people.owner, people.viewer].map((person) => signIn(ground.url, person, folder)),
    )
    const path = join(folder, 'invoices-export.csv')
    await writeFile(path, exported.text)
    const states = { provider, owner, viewer }
    process.env['BIZQ_TEST_SEED'] = JSON.stringify({ ...ground, states, export: { ...exported, path } })
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

async function signIn(url: string, { email, password }: Person, folder: string): Promise<string> {
  const context = await request.newContext({ baseURL: url, extraHTTPHeaders: { origin: url } })
  const answer = await context.post('/auth/sign-in/email', { data: { email, password } })
  if (!answer.ok()) throw new Error(`${email} was not signed in: ${await answer.text()}`)
  const path = join(folder, `${email}.json`)
  await context.storageState({ path })
  await context.dispose()
  return path
}
