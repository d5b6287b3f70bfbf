import { decodeId } from '@bizq/sdk/contract'
import type { Deps } from '../src/deps.ts'
import { creditDowntime } from '../src/features/refunds/index.ts'
import { runServices, type Run } from './runs.ts'
import { workAll, type Work, type Worked } from './work.ts'

/** What the driver asks of the platform's process beside requests: nobody asks for these over HTTP. */
export type Command =
  | { do: 'clock'; at: number }
  | { do: 'work'; work: Work }
  | { do: 'run'; run: Run }
  | {
      do: 'downtime'
      organisation: string
      subscription: string
      from: number
      to: number
      downSeconds: number
    }

export type Reply = { value: unknown } | { error: string }

/** Of each command, what it answers. */
export interface Answers {
  clock: null
  work: Worked
  run: number
  downtime: string | null
}

export async function carryOut(deps: Deps, command: Command): Promise<Answers[Command['do']]> {
  switch (command.do) {
    case 'clock':
      return null
    case 'work':
      return workAll(deps, command.work)
    case 'run':
      return runServices(deps, command.run)
    case 'downtime': {
      const { organisation, subscription, from, to, downSeconds } = command
      return creditDowntime(deps, {
        organisation: decodeId('org', organisation),
        subscription,
        period: { from: new Date(from), to: new Date(to) },
        seconds: (to - from) / 1_000,
        downSeconds,
      })
    }
  }
}
