/**
 * What travels between parent and child: 4 bytes length of the header, 4 bytes length of the payload (both
 * big-endian), the header as JSON, the payload as it is. Data stays out of the header, so it is never escaped.
 */

/** Parent to child. `release` comes once, with the bundle as payload; `run` with the input as payload. */
export type Order =
  | { type: 'release' }
  | {
      type: 'run'
      call: string
      seed: [number, number, number, number]
      now: number
      timeZone: string
      locale: string
      wallMs: number
      memoryMib: number
      outputBytes: number
      logBytes: number
    }

/** Child to parent. The payload is the output of `succeeded`, the report of `failed`, or the log text. */
export type Report =
  | { type: 'ready' }
  | { type: 'log' }
  | { type: 'done'; outcome: 'succeeded' | 'failed'; cpuMs: number }
  | {
      type: 'done'
      outcome: 'timed-out' | 'out-of-memory' | 'crashed' | 'output-too-large'
      cpuMs: number
      detail: string
    }

export const frameHeadBytes = 8

export function encodeFrame(header: Order | Report, payload: Buffer = Buffer.alloc(0)): Buffer[] {
  const text = Buffer.from(JSON.stringify(header))
  const head = Buffer.allocUnsafe(frameHeadBytes)
  head.writeUInt32BE(text.length, 0)
  head.writeUInt32BE(payload.length, 4)
  return [Buffer.concat([head, text]), payload]
}

/** Takes chunks and gives whole frames. `refuse` is called, once, when a frame would be over its bounds. */
export function createFrameReader(
  bounds: { headerBytes: number; payloadBytes: number },
  receive: (header: unknown, payload: Buffer) => void,
  refuse: () => void,
): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let held = 0
  let due = frameHeadBytes
  let isRefused = false

  return (chunk) => {
    chunks.push(chunk)
    held += chunk.length
    while (!isRefused && held >= due) {
      const buffer = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
      chunks = [buffer]
      const headerBytes = buffer.readUInt32BE(0)
      const payloadBytes = buffer.readUInt32BE(4)
      if (headerBytes > bounds.headerBytes || payloadBytes > bounds.payloadBytes) {
        isRefused = true
        chunks = []
        refuse()
        return
      }
      const end = frameHeadBytes + headerBytes + payloadBytes
      if (held < end) {
        due = end
        return
      }
      const payloadStart = frameHeadBytes + headerBytes
      chunks = held > end ? [buffer.subarray(end)] : []
      held -= end
      due = frameHeadBytes
      receive(parseHeader(buffer.subarray(frameHeadBytes, payloadStart)), buffer.subarray(payloadStart, end))
    }
  }
}

function parseHeader(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}
