import type { DatasetName } from '../contract/datasets/index.ts'
import { ExecutionOutput, type ExecutionInput } from '../contract/execution.ts'
import type { RemoteExecution } from '../contract/remote.ts'
import type { AnyDefinition } from '../definition.ts'
import { executeDefinition } from '../run-definition.ts'
import type { PlatformClient } from './platform-client.ts'

type Rows = readonly Readonly<Record<string, unknown>>[]

/** Executes a provider here on the rows that the platform gives for this execution. Rejects with what it throws, or a ZodError for an output that is none. */
export async function runRemote(
  definition: AnyDefinition,
  call: RemoteExecution,
  { client, preload }: { client: PlatformClient; preload: readonly DatasetName[] | 'all' },
): Promise<ExecutionOutput> {
  const asked = call.datasets.filter((name) => definition.data[name] !== undefined)
  const read = async function* (dataset: DatasetName): AsyncGenerator<Rows> {
    if (asked.includes(dataset)) yield* client.readPages(call.grant, call.execution, dataset)
  }
  const whole = async (dataset: DatasetName) =>
    [dataset, (await Array.fromAsync(read(dataset))).flat()] as const
  const loaded = await Promise.all(
    asked.filter((name) => preload === 'all' || preload.includes(name)).map(whole),
  )
  const input = {
    data: Object.fromEntries(loaded) as ExecutionInput['data'],
    settings: (definition.settings?.parse(call.settings) ?? {}) as ExecutionInput['settings'],
    state: call.state,
  }
  const output = await executeDefinition(definition, input, {
    now: Temporal.Instant.from(call.now).toZonedDateTimeISO(call.timeZone),
    random: Math.random,
    readPages: (dataset) => read(dataset as DatasetName),
  })
  return ExecutionOutput.parse(output)
}
