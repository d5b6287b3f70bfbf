import vm from 'node:vm'
import { createSandbox, type SandboxRequest } from '@bizq/sandbox'
import { decodeId } from '@bizq/sdk/contract'
import type { BuiltProvider } from '@bizq/cli/build'
import { systemActor, withUnitOfWork } from '../src/db/unit-of-work.ts'
import { inputText } from '../src/features/executions/input.ts'
import { materialise, openGrantById } from '../src/features/subscriptions/index.ts'
import { interleave, median, ratioOf, round, tell, timed, type Figure } from './figure.ts'
import { openPortfolio } from './portfolio.ts'
import type { Stage } from './stage.ts'

export interface SandboxSizes {
  invoices: number
  rounds: number
}

/** A real bundle on what it would really receive: a fresh isolate in a locked process, transport included, against a fresh `node:vm` context in this very process. */
export async function measureSandbox(
  stage: Stage,
  service: string,
  built: BuiltProvider,
  sizes: SandboxSizes,
): Promise<Figure[]> {
  const input = await inputOf(stage, service, sizes.invoices)
  const request: SandboxRequest = {
    release: built.digest,
    bundle: built.bundle,
    call: 'execute',
    input,
    seed: '2a',
    now: Date.now(),
    timeZone: 'Europe/London',
    locale: 'en-GB',
  }
  const sandbox = createSandbox({ maxProcesses: 1 })
  const script = asScript(built.bundle)
  const inIsolate = async () => {
    const result = await sandbox.run(request)
    if (result.outcome !== 'succeeded') throw new Error(`the bundle failed: ${JSON.stringify(result)}`)
  }
  const inContext = async () => {
    const context = vm.createContext({})
    const run = new vm.Script(script).runInContext(context) as (call: string, input: string) => unknown
    await run('execute', input)
  }
  try {
    tell(`sandbox: ${sizes.rounds} rounds on ${input.length} characters`)
    for (let i = 0; i < 3; i++) await inIsolate()
    const { isolate, context } = await interleave(sizes.rounds, {
      isolate: () => timed(inIsolate),
      context: () => timed(inContext),
    })
    const { ratio, noise } = ratioOf(context, isolate)
    return [
      {
        figure: 'a real bundle in a fresh isolate',
        value: round(median(isolate)),
        unit: 'ms',
        against: { what: 'the same in a fresh node:vm context', value: round(median(context)) },
        ratio,
        aim: 1,
        met: ratio >= 1,
        size: { inputBytes: Buffer.byteLength(input), bundleBytes: Buffer.byteLength(built.bundle) },
        rounds: sizes.rounds,
        noise,
      },
    ]
  } finally {
    await sandbox.close()
  }
}

async function inputOf(stage: Stage, service: string, invoices: number): Promise<string> {
  const portfolio = await openPortfolio(stage, service, { businesses: 1, customers: invoices >> 3, invoices })
  const id = portfolio.subscriptions[0] ?? ''
  const { operator, organisation } = portfolio
  const { items } = (await operator.get('/v1/subscriptions')).body
  const { grant, settings } = items.find((each: { id: string }) => decodeId('sub', each.id) === id)
  const opened = await withUnitOfWork(stage.deps, systemActor(organisation), (unit) =>
    openGrantById(unit, stage.deps, grant),
  )
  const { data } = await materialise(stage.deps, opened, new Date())
  return inputText(data, settings, null)
}

/** The text of a module as a script whose value is `run`; the code is otherwise the same. */
function asScript(module: string): string {
  const named = module.replace(/export\s*\{\s*([\w$]+) as run\s*\};?\s*$/, ';var run=$1')
  return `${named.replace(/^export (?=(?:async )?function|const|let)/gm, '').replace(/export\s*\{\s*run\s*\};?\s*$/, '')}\n;run`
}
