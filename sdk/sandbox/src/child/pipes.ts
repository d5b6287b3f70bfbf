import { readSync, writeSync } from 'node:fs'
import { encodeFrame, frameHeadBytes, type Order, type Report } from '../frames.ts'

const orders = 0
const reports = 3

/** Waits for the next order. Undefined when the parent has closed its end. */
export function readOrder(): { order: Order; payload: Buffer } | undefined {
  const head = readExactly(frameHeadBytes)
  if (head === undefined) return undefined
  const header = readExactly(head.readUInt32BE(0))
  const payload = readExactly(head.readUInt32BE(4))
  if (header === undefined || payload === undefined) return undefined
  return { order: JSON.parse(header.toString()) as Order, payload }
}

function readExactly(bytes: number): Buffer | undefined {
  const buffer = Buffer.allocUnsafeSlow(bytes)
  let filled = 0
  while (filled < bytes) {
    const read = readSync(orders, buffer, filled, bytes - filled, null)
    if (read === 0) return undefined
    filled += read
  }
  return buffer
}

export function writeReport(report: Report, payload?: Buffer): void {
  for (const part of encodeFrame(report, payload)) {
    let written = 0
    while (written < part.length) written += writeSync(reports, part, written)
  }
}
