import type { Deps } from './deps.ts'
import { startSealer } from './features/audit/index.ts'
import { allJobs } from './jobs/all.ts'
import { workOn } from './jobs/work.ts'

export interface RunningWorker {
  close(): Promise<void>
}

/** Works on every job and seals the audit log. `deps` must have been made with `isWorker`. */
export async function startWorker(deps: Deps): Promise<RunningWorker> {
  await workOn(deps, allJobs)
  const sealer = startSealer(deps)
  return { close: () => sealer.stop() }
}
