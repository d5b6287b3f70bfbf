import type { Cutter } from './cutter.ts'
import { openRelay, type Pair, type Relay } from './relay.ts'

/** Cuts a stream into the messages of the Postgres protocol (version 3). A client's first message has no type. */
function messageReader(hasType: boolean, take: (type: string, message: Buffer) => void) {
  let rest: Buffer = Buffer.alloc(0)
  let isTyped = hasType
  return (chunk: Buffer): void => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (;;) {
      const at = isTyped ? 1 : 0
      if (rest.length < at + 4) return
      const length = rest.readInt32BE(at) + at
      if (rest.length < length) return
      const message = rest.subarray(0, length)
      rest = rest.subarray(length)
      take(isTyped ? String.fromCharCode(message[0] ?? 0) : 'start-up', message)
      isTyped = true
    }
  }
}

const endOfFlight = new Set(['start-up', 'p', 'Q', 'S', 'X'])

/**
 * Passes connections on to a Postgres and counts what a process asks of it. A message is all that is sent
 * up to a Query or a Sync, for nothing commits within it. Of the queue's own statements those count that
 * fetch this job or complete it; when it is complete, counting pauses, for what follows is other jobs.
 * Listening, sealing, signing in and starting up do not count.
 */
export function openPostgresProxy(port: number, cutter: Cutter, job: string): Promise<Relay> {
  return openRelay(port, cutter, (pair) => countAndPass(pair, cutter, job))
}

const steps = new Set(['bizq-app', 'bizq-masked'])

function countAndPass({ client, server }: Pair, cutter: Cutter, job: string): void {
  let name = ''
  let flight: Buffer[] = []
  let asked = ''
  let hasRow = false
  const fromClient = messageReader(false, (type, message) => {
    if (type === 'start-up') name = /application_name\0([^\0]*)/.exec(message.toString('latin1'))?.[1] ?? ''
    flight.push(message)
    if (!endOfFlight.has(type) || cutter.isCut) return
    if (name === 'bizq-queue') asked = Buffer.concat(flight).toString('latin1')
    if (steps.has(name) && (type === 'Q' || type === 'S')) cutter.countMessage()
    for (const part of flight) server.write(part)
    flight = []
  })
  /** Whether the answer that ends here is the last thing to happen. */
  const endAnswer = (): boolean => {
    const isOfJob = name === 'bizq-queue' && hasRow && asked.includes(job)
    hasRow = false
    const isCompleted = isOfJob && asked.includes('SET completed_on')
    const isLast = (isCompleted || (isOfJob && asked.includes("state = 'active',"))) && cutter.countMessage()
    if (isCompleted) cutter.pause()
    return isLast
  }
  const fromServer = messageReader(true, (type, message) => {
    if (cutter.isCut) return
    if (type === 'D') hasRow = true
    if (type !== 'Z' || !endAnswer()) client.write(message)
  })
  client.on('data', fromClient)
  server.on('data', fromServer)
}
