import type { Sandbox } from '@bizq/sandbox'
import {
  checkAgainst,
  type DatasetName,
  type ExecutionInput,
  type Manifest,
  type Money,
} from '@bizq/sdk/contract'
import { scaleMoney, unscaleMoney } from '@bizq/sdk/contract/host'
import { exampleBusiness, exampleKeys, maskBusiness, type MaskedBusiness } from '@bizq/sdk/testing'
import { compileProvider, type BuiltProvider } from '../build.ts'
import { openBooks, type Books } from './books.ts'
import { approveCard, readCard, undoCard, type Card, type OpenCard, type Table } from './card.ts'
import { changeMoney } from './money.ts'
import { runOnce, type Ran } from './run-once.ts'

type Row = Readonly<Record<string, unknown>>

/** All that the page shows. */
export interface DevState {
  service: string | null
  version: string | null
  manifest: Manifest | null
  bundleBytes: number | null
  business: { name: string; today: string; timeZone: string; locale: string }
  /** Why the provider does not build. */
  problem: string | null
  buildMs: number | null
  settings: Row
  run: (Omit<Ran, 'output'> & { metrics: Row; recommendations: { text: string }[]; state: unknown }) | null
  /** The first rows of each dataset, as they are and as the provider sees them. */
  input: Partial<Record<DatasetName, { count: number; rows: { seen: Row; real: Row }[] }>>
  cards: Card[]
  isBusy: boolean
}

export interface SimulationOptions {
  folder: string
  sandbox: Sandbox
  seed: number
  /** `YYYY-MM-DD`. */
  today?: string
  /** Hears of every change. */
  onChange?: () => void
}

export interface Simulation {
  state(): DevState
  /** Builds anew and, if it builds, runs. */
  rebuild(): Promise<void>
  run(): Promise<void>
  approve(card: string): void
  undo(card: string): void
  /** Throws an Error that names the place where they are not what the manifest's schema says. */
  changeSettings(settings: Row): Promise<void>
  /** The business as it was in the beginning, and no state kept. */
  reset(): Promise<void>
}

const shownRows = 60

/** A provider on an invented business: builds, runs, and carries approved actions out on the business's books. */
export function createSimulation({ folder, sandbox, seed, today, onChange }: SimulationOptions): Simulation {
  const business = exampleBusiness({ seed, ...(today === undefined ? {} : { today }) })
  const keys = exampleKeys(seed)
  const world = {
    now: `${business.today}T09:00:00.000Z`,
    timeZone: business.timeZone,
    locale: business.locale,
    domains: business.domains,
  }
  let books: Books = openBooks(business)
  let built: BuiltProvider | null = null
  let problem: string | null = null
  let buildMs: number | null = null
  let chosen: Row = {}
  let kept: ExecutionInput['state'] = null
  let masked: MaskedBusiness | null = null
  let ran: Ran | null = null
  let cards: OpenCard[] = []
  let working = 0
  let queue = Promise.resolve()

  const isScaled = () => built?.manifest.money === 'scaled'
  const scaled = (money: Money) => (isScaled() ? scaleMoney(money, keys.factor) : money)
  const unscaled = (money: Money) => (isScaled() ? unscaleMoney(money, keys.factor) : money)

  const settingsOf = (manifest: Manifest, given: Row): Row => {
    const checked = manifest.settings
      ? checkAgainst(manifest.settings, given)
      : { ok: true as const, value: {} }
    if (checked.ok) return checked.value
    throw new Error(
      `the settings are not right: ${checked.problems.map((p) => `${p.pointer}: ${p.detail}`).join('; ')}`,
    )
  }

  const seen: Table['seen'] = (dataset, pseudonym) =>
    masked?.data[dataset]?.find((row) => row['id'] === pseudonym)
  const table = (): Table => ({ business, books, keys, isScaled: isScaled(), seen })

  /** One thing at a time, so that no run sees half of another's changes. */
  const alone = (work: () => Promise<void>): Promise<void> => {
    working++
    onChange?.()
    queue = queue.then(work).finally(() => {
      working--
      onChange?.()
    })
    const mine = queue
    queue = queue.catch(() => undefined)
    return mine
  }

  const execute = async () => {
    if (!built) return
    const { manifest } = built
    masked = maskBusiness({ ...business, records: books as never }, manifest, keys)
    const settings = changeMoney(settingsOf(manifest, chosen), scaled) as ExecutionInput['settings']
    const input: ExecutionInput = { data: masked.data, settings, state: kept }
    ran = await runOnce(folder, built, input, { world, sandbox })
    if (ran.output) kept = ran.output.state
    cards = (ran.output?.proposals ?? []).map((proposal, i) => readCard(proposal, i, table()))
  }

  const compile = async () => {
    const startedAt = performance.now()
    try {
      built = await compileProvider(folder, sandbox)
      problem = null
    } catch (error) {
      const { name, message } = error as Error
      if (!['BuildError', 'ManifestError', 'NoProviderError'].includes(name)) throw error
      problem = message
    }
    buildMs = Math.round(performance.now() - startedAt)
  }

  const change = (id: string, how: (open: OpenCard, at: Table) => OpenCard) => {
    const index = cards.findIndex(({ card }) => card.id === id)
    const open = cards[index]
    if (!open) throw new Error('There is no such proposal any more.')
    cards[index] = how(open, table())
    onChange?.()
  }

  return {
    state: () => ({
      service: built?.manifest.service ?? null,
      version: built?.manifest.version ?? null,
      manifest: built?.manifest ?? null,
      bundleBytes: built ? Buffer.byteLength(built.bundle) : null,
      business: {
        name: business.name,
        today: business.today,
        timeZone: business.timeZone,
        locale: business.locale,
      },
      problem,
      buildMs,
      settings: built ? settingsOf(built.manifest, chosen) : {},
      run: ran && runOf(ran, unscaled),
      input: inputOf(masked),
      cards: cards.map(({ card }) => card),
      isBusy: working > 0,
    }),
    rebuild: () =>
      alone(async () => {
        await compile()
        if (problem === null) await execute()
      }),
    run: () => alone(execute),
    approve: (id) => change(id, approveCard),
    undo: (id) => change(id, undoCard),
    changeSettings: async (settings) => {
      if (built) settingsOf(built.manifest, settings)
      chosen = settings
      await alone(execute)
    },
    reset: () =>
      alone(async () => {
        books = openBooks(business)
        kept = null
        await execute()
      }),
  }
}

function runOf({ output, ...rest }: Ran, unscaled: (money: Money) => Money): DevState['run'] {
  return {
    ...rest,
    metrics: changeMoney(output?.metrics ?? {}, unscaled) as Row,
    recommendations: (output?.recommendations ?? []).map(({ text }) => ({ text })),
    state: output?.state ?? null,
  }
}

function inputOf(masked: MaskedBusiness | null): DevState['input'] {
  const entries = Object.entries(masked?.data ?? {}).map(([name, rows]) => {
    const originals = masked?.originals[name as DatasetName] ?? []
    // The latest rows are those that a person wants to see.
    const shown = rows
      .map((row, i) => ({ seen: row, real: originals[i] ?? {} }))
      .slice(-shownRows)
      .toReversed()
    return [name, { count: rows.length, rows: shown }]
  })
  return Object.fromEntries(entries) as DevState['input']
}
