import { datasetNames, type DatasetName, type ExecutionInput, type Manifest } from '@bizq/sdk/contract'
import type { Examined } from './examined.ts'
import { inputOf } from './inputs/case.ts'

type Change = (input: ExecutionInput) => ExecutionInput

/** Whether the output differs on any case when its input is changed. */
export async function changesSomewhere(
  examined: Examined,
  change: Change,
  manifest?: Manifest,
): Promise<boolean> {
  // The first one mostly shows it: the others are tried one by one.
  for (const of of examined.allCases()) {
    const { input, result } = await examined.trial(of)
    const changed = change(manifest ? inputOf(manifest, of) : input)
    if (JSON.stringify(changed) === JSON.stringify(input)) continue
    const other = await examined.run(changed, of.world)
    if (other.outcome !== result.outcome) return true
    if (other.outcome === 'succeeded' && result.outcome === 'succeeded' && other.output !== result.output)
      return true
  }
  return false
}

const known = new WeakMap<Examined, Promise<Set<DatasetName>>>()

/** The datasets whose rows change nothing on any case. */
export function unneededDatasets(examined: Examined): Promise<Set<DatasetName>> {
  const finding = known.get(examined) ?? findUnneeded(examined)
  known.set(examined, finding)
  return finding
}

async function findUnneeded(examined: Examined): Promise<Set<DatasetName>> {
  const asked = datasetNames.filter((name) => examined.manifest.data[name])
  const unneeded = new Set<DatasetName>()
  for (const dataset of asked) {
    const without: Change = (input) => ({ ...input, data: { ...input.data, [dataset]: [] } })
    if (!(await changesSomewhere(examined, without))) unneeded.add(dataset)
  }
  return unneeded
}

/** Whether the rows of a dataset without a field lead to another output on any case. */
export function isFieldNeeded(examined: Examined, dataset: DatasetName, field: string): Promise<boolean> {
  const without: Change = (input) => {
    const rows = (input.data[dataset] ?? []).map((row) => {
      const { ...rest } = row
      delete rest[field]
      return rest
    })
    return { ...input, data: { ...input.data, [dataset]: rows } }
  }
  return changesSomewhere(examined, without)
}
