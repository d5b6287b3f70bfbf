import type IsolatedVm from 'isolated-vm'
import type { Order, Report } from '../frames.ts'
import type { FreshIsolate } from './isolate.ts'
import { reportOf } from './report.ts'

export type RunOrder = Extract<Order, { type: 'run' }>
export type Ending = { report: Extract<Report, { type: 'done' }>; payload?: Buffer }

/** Runs one call in a fresh isolate, which is gone when this returns. Deadlines are the parent's affair. */
export async function execute(
  engine: typeof IsolatedVm,
  fresh: FreshIsolate,
  order: RunOrder,
  input: string,
  emitLog: (text: string) => void,
): Promise<Ending> {
  const { isolate, module, open, start, collect } = fresh
  const cpuMs = () => (isolate.isDisposed ? 0 : Number(isolate.cpuTime) / 1e6)
  try {
    // `ignored`: the guest neither waits for the host nor can it ever see a value or an error of the host.
    const emit = new engine.Callback(emitLog, { ignored: true })
    const { now, locale, seed, outputBytes, logBytes } = order
    open.applySync(undefined, [now, locale, ...seed, outputBytes, logBytes, emit as never])
    await module.evaluate()
    try {
      await start.apply(undefined, [module.namespace.derefInto() as never, order.call, input])
    } catch (error) {
      if (isolate.isDisposed) throw error
      // A rejection that nobody handles surfaces here. It is not the answer of `run`, and its stack is the guest's word.
      emitLog(`[unhandled] ${String(error).slice(0, 500)}\n`)
    }
    return endingOf(collect.applySync(undefined, []), order, cpuMs())
  } catch (error) {
    if (isolate.isDisposed) {
      const detail = `the guest went over its ${order.memoryMib} MiB`
      return { report: { type: 'done', outcome: 'out-of-memory', cpuMs: 0, detail } }
    }
    return { report: { type: 'done', outcome: 'failed', cpuMs: cpuMs() }, payload: reportOf(error) }
  } finally {
    if (!isolate.isDisposed) isolate.dispose()
  }
}

function endingOf(collected: unknown, order: RunOrder, cpuMs: number): Ending {
  if (typeof collected !== 'string') {
    // No timer, no I/O: once the microtasks are done nothing is left that could settle it.
    const detail = 'the promise that run gave can no longer settle'
    return { report: { type: 'done', outcome: 'timed-out', cpuMs, detail } }
  }
  const text = collected.slice(1)
  if (collected[0] === 'F') {
    return { report: { type: 'done', outcome: 'failed', cpuMs }, payload: Buffer.from(text) }
  }
  const bytes = collected[0] === 'L' ? Number(text) : Buffer.byteLength(text)
  if (bytes > order.outputBytes) {
    const detail = `the output has at least ${bytes} bytes; ${order.outputBytes} are allowed`
    return { report: { type: 'done', outcome: 'output-too-large', cpuMs, detail } }
  }
  return { report: { type: 'done', outcome: 'succeeded', cpuMs }, payload: Buffer.from(text) }
}
