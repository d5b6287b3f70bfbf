import { datasetNames, datasetOf, executionLimits, type DatasetName } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import { ProblemError } from '../../problems.ts'
import { readWindows, type ReadRequest } from '../masking/index.ts'
import type { DisclosedDataset } from './grant-store.ts'
import { problemOf, windowStart, type OpenGrant } from './grants.ts'

/** The masked input of an execution, whole. */
export interface Materialised {
  /** Each dataset that the release asks for, as the text of a JSON array; `[]` where it can do without and may not read it. */
  data: Partial<Record<DatasetName, string>>
  /** What of it left, for the record of the disclosure. */
  datasets: DisclosedDataset[]
  rows: number
  bytes: number
}

type ReadDeps = Pick<Deps, 'pools'>

/**
 * Reads every dataset of a grant whole, masked, on one snapshot and in one round trip. Refuses with
 * `window-too-large` (saying which history would fit) over 50,000 rows of a dataset or 32 MiB
 * together, with `stopped` or `grant-not-active` where the operator closed it. Reads as of `now`.
 */
export async function materialise(deps: ReadDeps, grant: OpenGrant, now: Date): Promise<Materialised> {
  const wanted = datasetNames.filter((dataset) => grant.fields[dataset])
  const requests = wanted.map((dataset): ReadRequest => {
    return { dataset, from: windowStart(grant, dataset, now), limit: executionLimits.windowRows + 1 }
  })
  const result: Materialised = { data: declined(grant), datasets: [], rows: 0, bytes: 0 }
  const pages = await readAll(deps, grant, requests, now)
  for (const [i, page] of pages.entries()) {
    const { dataset, from } = requests[i] as ReadRequest
    if (page.refusal !== null) {
      const isOptional = grant.release.manifest.data[dataset]?.optional
      if (page.refusal !== 'dataset-fenced' || !isOptional) throw problemOf(page.refusal, dataset)
      result.data[dataset] = '[]'
      continue
    }
    if (page.rows > executionLimits.windowRows)
      throw await tooLarge(deps, grant, dataset, now, executionLimits.windowRows)
    const text = `[${page.items}]`
    const bytes = Buffer.byteLength(text)
    result.data[dataset] = text
    result.datasets.push({
      dataset,
      fields: [...(grant.fields[dataset] ?? [])],
      from,
      rows: page.rows,
      bytes,
    })
    result.rows += page.rows
    result.bytes += bytes
  }
  if (result.bytes > executionLimits.inputBytes) throw await tooManyBytes(deps, grant, result, now)
  return result
}

/** What the release can do without and was not granted. */
function declined(grant: OpenGrant): Materialised['data'] {
  const asked = datasetNames.filter(
    (dataset) => grant.release.manifest.data[dataset] && !grant.fields[dataset],
  )
  return Object.fromEntries(asked.map((dataset) => [dataset, '[]']))
}

const outOfTextSpace = new Set(['54000', '53200'])

async function readAll(deps: ReadDeps, grant: OpenGrant, requests: ReadRequest[], now: Date) {
  try {
    return await readWindows(deps.pools.masked, grant, requests)
  } catch (error) {
    const code = (error as { code?: string }).code ?? ''
    const [largest] = requests
    if (!outOfTextSpace.has(code) || !largest) throw error
    throw await tooLarge(deps, grant, largest.dataset, now, Math.floor(executionLimits.windowRows / 10))
  }
}

async function tooManyBytes(
  deps: ReadDeps,
  grant: OpenGrant,
  read: Materialised,
  now: Date,
): Promise<ProblemError> {
  const [largest] = read.datasets.toSorted((a, b) => b.bytes - a.bytes)
  if (!largest) return new ProblemError('window-too-large')
  const rest = read.bytes - largest.bytes
  const room = Math.max(0, executionLimits.inputBytes - rest)
  const rows = Math.floor((room / largest.bytes) * largest.rows)
  return tooLarge(deps, grant, largest.dataset, now, rows)
}

/** The refusal of a window, with the longest history whose rows are at most so many. */
async function tooLarge(
  deps: ReadDeps,
  grant: OpenGrant,
  dataset: DatasetName,
  now: Date,
  rows: number,
): Promise<ProblemError> {
  const fits = await longestHistory(deps, grant, dataset, now, rows)
  const limit = `${executionLimits.windowRows.toLocaleString('en')} rows of a dataset, and 32 MiB together`
  const advice = fits
    ? `${fits} would fit: look at a preview with that history, or ask the provider for aggregates.`
    : `No shorter history would fit.`
  return new ProblemError('window-too-large', {
    detail: `${dataset}: the window holds more than one execution may read (${limit}). ${advice}`,
    extra: { dataset, fits },
  })
}

async function longestHistory(
  deps: ReadDeps,
  grant: OpenGrant,
  dataset: DatasetName,
  now: Date,
  rows: number,
): Promise<string | null> {
  if (datasetOf(dataset).time === null || rows < 1) return null
  const isWithin = async (days: number): Promise<boolean> => {
    const consent = {
      ...grant.consent,
      history: { ...grant.consent.history, [dataset]: `${days}d` as const },
    }
    const from = windowStart({ consent, timeZone: grant.timeZone }, dataset, now)
    const only = { ...grant, fields: { [dataset]: [smallestField(grant, dataset)] }, withheld: {} }
    const [page] = await readWindows(deps.pools.masked, only, [{ dataset, from, limit: rows + 1 }])
    return page?.refusal === null && page.rows <= rows
  }
  let [low, high] = [0, Number.parseInt(grant.consent.history[dataset] ?? '0', 10)]
  while (low + 1 < high) {
    const middle = Math.floor((low + high) / 2)
    if (await isWithin(middle)) low = middle
    else high = middle
  }
  return low > 0 ? `${low}d` : null
}

function smallestField(grant: OpenGrant, dataset: DatasetName): string {
  const { fields } = datasetOf(dataset)
  const cheap = grant.fields[dataset]?.find((name) =>
    ['enum', 'boolean', 'date'].includes(fields[name]?.kind ?? ''),
  )
  return cheap ?? grant.fields[dataset]?.[0] ?? 'id'
}
