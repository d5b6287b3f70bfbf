import { execFile } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Finding } from './check.ts'

type Found = Readonly<Record<string, Finding[]>>

const child = fileURLToPath(new URL(`./scan-child${extname(import.meta.url)}`, import.meta.url))
const timeoutMs = 30_000
const known = new Map<string, Promise<Found>>()

/** What the checks of the bundle's text find, by their ids; a bundle is read once for all of them. */
export function findInBundle(bundle: string): Promise<Found> {
  const reading = known.get(bundle) ?? readElsewhere(bundle)
  if (known.size > 4) known.clear()
  known.set(bundle, reading)
  return reading
}

/** Reads it in a process of its own: text that is nested deeply enough ends whichever process parses it. */
function readElsewhere(bundle: string): Promise<Found> {
  return new Promise((resolve) => {
    const reader = execFile(
      process.execPath,
      ['--max-old-space-size=512', child],
      { env: {}, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 4 * 1024 * 1024 },
      (error, stdout) => {
        const detail = 'it cannot be read: it is nested too deeply, or too large'
        resolve(error ? { 'security.imports': [{ detail }] } : (JSON.parse(stdout) as Found))
      },
    )
    reader.stdin?.on('error', () => undefined)
    reader.stdin?.end(bundle)
  })
}
