/** The child process of `load.ts`: keep-alive connections that send one request after another, and nothing else. */
import { connect } from 'node:net'

export interface LoadOrder {
  port: number
  /** Each connection sends these in turn, from a place of its own; the bytes of whole requests. */
  requests: string[][]
  /** Ends after this time, or when each connection has sent all of its requests once. */
  durationMs: number | 'once'
  warmUpMs: number
}

export interface LoadReport {
  completed: number
  elapsedMs: number
  /** By ms, of answered requests. */
  p50: number
  p99: number
  failed: number
  firstFailure: string | null
}

const latencies: number[] = []
let failed = 0
let firstFailure: string | null = null

/** One connection: sends, waits for the whole answer, sends the next. Resolves at the end. */
function keepAsking(order: LoadOrder, requests: readonly string[], untilMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(order.port, '127.0.0.1')
    socket.setNoDelay(true)
    let at = 0
    let sentAt = 0
    let held = ''
    const next = () => {
      const isOver = order.durationMs === 'once' ? at >= requests.length : performance.now() >= untilMs
      if (isOver) {
        socket.end()
        resolve()
        return
      }
      sentAt = performance.now()
      socket.write(requests[at++ % requests.length] as string)
    }
    socket.setEncoding('latin1')
    socket.on('connect', next)
    socket.on('error', reject)
    socket.on('data', (chunk: string) => {
      held += chunk
      const headEnd = held.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const length = /content-length: (\d+)/i.exec(held.slice(0, headEnd))?.[1]
      if (length === undefined) {
        reject(new Error(`an answer without a length: ${held.slice(0, headEnd)}`))
        return
      }
      if (held.length < headEnd + 4 + Number(length)) return
      latencies.push(performance.now() - sentAt)
      if (!held.startsWith('HTTP/1.1 2')) {
        failed++
        firstFailure ??= held.slice(0, 500)
      }
      held = ''
      next()
    })
  })
}

async function load(order: LoadOrder): Promise<LoadReport> {
  if (order.warmUpMs > 0) {
    const until = performance.now() + order.warmUpMs
    await Promise.all(order.requests.map((requests) => keepAsking(order, requests, until)))
    latencies.length = 0
  }
  const startedAt = performance.now()
  const until = order.durationMs === 'once' ? Number.POSITIVE_INFINITY : startedAt + order.durationMs
  await Promise.all(order.requests.map((requests) => keepAsking(order, requests, until)))
  const elapsedMs = performance.now() - startedAt
  const sorted = latencies.toSorted((a, b) => a - b)
  const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0
  return {
    completed: sorted.length,
    elapsedMs,
    p50: quantile(0.5),
    p99: quantile(0.99),
    failed,
    firstFailure,
  }
}

process.once('message', (order: LoadOrder) => {
  load(order).then(
    (report) => process.send?.(report, () => process.exit(0)),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
