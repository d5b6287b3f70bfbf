/** The child process of `streams.ts`: opens live streams and says when the last of them has heard of an event. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface StreamOrder {
  port: number
  streams: number
  tokens: string[]
}

/** `at` is of the clock that all processes of a machine share, in ms. */
export type StreamReport = { open: number } | { heard: string; at: number }

const connectingAtOnce = 50
const now = (): number => Number(process.hrtime.bigint()) / 1e6

const heard = new Map<string, number>()
let open = 0

function openStream(order: StreamOrder, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(order.port, '127.0.0.1')
    socket.setEncoding('latin1')
    let isReady = false
    let rest = ''
    socket.on('connect', () =>
      socket.write(`GET /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n\r\n`),
    )
    socket.on('error', reject)
    socket.on('close', () => reject(new Error(`a stream was closed; its last words: ${rest.slice(0, 500)}`)))
    socket.on('data', (chunk: string) => {
      rest = (rest + chunk).slice(-2_000)
      if (!isReady && rest.includes('event: ready')) {
        isReady = true
        open++
        rest = ''
        resolve()
        return
      }
      const mark = /"subscription":"(sub_[0-9a-z]{26})"/.exec(rest)?.[1]
      if (!mark) return
      rest = ''
      const count = (heard.get(mark) ?? 0) + 1
      heard.set(mark, count)
      if (count === order.streams) process.send?.({ heard: mark, at: now() } satisfies StreamReport)
    })
  })
}

process.once('message', (order: StreamOrder) => {
  let next = 0
  const lane = async () => {
    while (next < order.streams) {
      const token = order.tokens[next++ % order.tokens.length] ?? ''
      await openStream(order, token)
      await sleep(0)
    }
  }
  Promise.all(Array.from({ length: connectingAtOnce }, lane)).then(
    () => process.send?.({ open } satisfies StreamReport),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.once('disconnect', () => process.exit(0))
