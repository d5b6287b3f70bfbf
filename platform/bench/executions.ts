import { availableParallelism } from 'node:os'
import type { Deps } from '../src/deps.ts'
import { runExecutions } from '../src/features/executions/index.ts'
import { median, round, spread, tell, timed, type Figure } from './figure.ts'
import { clearExecutions, queueExecutions, requireAllSucceeded, type Portfolio } from './portfolio.ts'
import type { Stage } from './stage.ts'

/** Executions from claim to settling as the worker runs them, and how much of it is the sandbox. */
export async function measureExecutions(
  stage: Stage,
  portfolio: Portfolio,
  sizes: { executions: number; rounds: number },
): Promise<Figure[]> {
  const rates: number[] = []
  const shares: number[] = []
  const subscriptions = portfolio.subscriptions.slice(0, sizes.executions)
  const processes = Math.max(2, availableParallelism())
  let actions = 0
  tell(`executions: ${sizes.rounds} rounds of ${subscriptions.length}`)
  for (let i = 0; i < sizes.rounds; i++) {
    await clearExecutions(stage)
    const payloads = await queueExecutions(stage, { ...portfolio, subscriptions })
    const sandbox = countedSandbox(stage.deps)
    const ms = await timed(() => runExecutions(sandbox.deps, payloads))
    ;({ actions } = await requireAllSucceeded(stage, subscriptions.length))
    rates.push((subscriptions.length / ms) * 1_000)
    shares.push(sandbox.busyMs() / (ms * processes))
  }
  return [
    {
      figure: 'executions end to end, claim to settling',
      value: round(median(rates)),
      unit: 'executions/s',
      size: { executions: subscriptions.length, actions, sandboxProcesses: processes },
      rounds: sizes.rounds,
      noise: spread(rates),
      also: { shareInSandbox: round(median(shares)) },
    },
  ]
}

/** The same deps with a sandbox that adds up how long its processes were busy. */
function countedSandbox(deps: Deps): { deps: Deps; busyMs(): number } {
  let busy = 0
  const run: Deps['sandbox']['run'] = async (request) => {
    const result = await deps.sandbox.run(request)
    busy += result.wallMs
    return result
  }
  return { deps: { ...deps, sandbox: { ...deps.sandbox, run } }, busyMs: () => busy }
}
