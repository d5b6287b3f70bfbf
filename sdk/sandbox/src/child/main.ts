import { setFlagsFromString } from 'node:v8'
import type IsolatedVm from 'isolated-vm'
import { execute, type RunOrder } from './execute.ts'
import { createIsolateMaker, type FreshIsolate } from './isolate.ts'
import { readOrder, writeReport } from './pipes.ts'
import { reportOf } from './report.ts'

// Cold code is what a fresh isolate costs: compile once and whole, keep it, and leave the second core to its owner.
setFlagsFromString('--no-lazy')
setFlagsFromString('--no-concurrent-recompilation')

const engine = loadEngine(process.argv[2] ?? '')
const parent = process.ppid
setInterval(() => {
  if (process.ppid !== parent) end()
}, 500)

writeReport({ type: 'ready' })
await serve()
end()

function loadEngine(path: string): typeof IsolatedVm {
  const loaded = { exports: {} as { ivm: typeof IsolatedVm } }
  process.dlopen(loaded, path)
  return loaded.exports.ivm
}

function end(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('unreachable')
}

/** The engine has lost the isolate and its thread: nothing of this process can be trusted any more. */
function onCatastrophe(): void {
  writeReport({ type: 'done', outcome: 'out-of-memory', cpuMs: 0, detail: 'the engine ran out of memory' })
  end()
}

async function serve(): Promise<void> {
  const first = readOrder()
  if (first?.order.type !== 'release') return
  const bundle = first.payload.toString()
  const makeIsolate = createIsolateMaker(engine, bundle, onCatastrophe)
  let next: { isolate: FreshIsolate; memoryMib: number; timeZone: string } | undefined

  for (let frame = readOrder(); frame !== undefined; frame = readOrder()) {
    const { order, payload } = frame
    if (order.type !== 'run') return
    if (next?.memoryMib !== order.memoryMib || next.timeZone !== order.timeZone) {
      next?.isolate.isolate.dispose()
      next = undefined
    }
    await answer(order, payload, next?.isolate)
    // Made while the parent is busy with the answer; a bundle that cannot be compiled is reported when it is called.
    next = prepare(order)
  }

  function prepare({ memoryMib, timeZone }: RunOrder) {
    try {
      return { isolate: makeIsolate(memoryMib), memoryMib, timeZone }
    } catch {
      return undefined
    }
  }

  async function answer(order: RunOrder, payload: Buffer, ready: FreshIsolate | undefined): Promise<void> {
    let isolate: FreshIsolate
    try {
      // The engine reads the zone anew for each isolate; UTC is only what the process starts with.
      if (process.env['TZ'] !== order.timeZone) process.env['TZ'] = order.timeZone
      isolate = ready ?? makeIsolate(order.memoryMib)
    } catch (error) {
      writeReport({ type: 'done', outcome: 'failed', cpuMs: 0 }, reportOf(error))
      return
    }
    const emitLog = (text: string) => writeReport({ type: 'log' }, Buffer.from(text))
    // The parent kills at the deadline; this is for a child whose parent is no more.
    const fuse = setTimeout(end, order.wallMs + 5_000)
    const { report, payload: result } = await execute(engine, isolate, order, payload.toString(), emitLog)
    clearTimeout(fuse)
    writeReport(report, result)
  }
}
