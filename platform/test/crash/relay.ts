import { connect, createServer, type Socket } from 'node:net'
import { findFreePort } from '../../src/db/postgres.ts'
import type { Cutter } from './cutter.ts'

export interface Pair {
  /** The process under test. */
  client: Socket
  /** Postgres or the mail server. */
  server: Socket
}

export interface Relay {
  port: number
  close(): Promise<void>
}

/** Listens on 127.0.0.1 and connects each who comes to the port; `passOn` moves the bytes. After the cut nothing more passes. */
export async function openRelay(to: number, cutter: Cutter, passOn: (pair: Pair) => void): Promise<Relay> {
  const port = await findFreePort()
  const pairs = new Set<Pair>()
  const listener = createServer((client) => {
    const pair = { client, server: connect(to, '127.0.0.1') }
    pairs.add(pair)
    for (const socket of [pair.client, pair.server]) {
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        pairs.delete(pair)
        pair.client.end()
        pair.server.end()
      })
    }
    passOn(pair)
  })
  // The server still reads what was sent up to here, and then the end.
  cutter.onCut(() => pairs.forEach(({ server }) => server.end()))
  await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve))
  return {
    port,
    close: async () => {
      for (const { client, server } of pairs) {
        client.destroy()
        server.destroy()
      }
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}
