import { fork } from 'node:child_process'
import { join } from 'node:path'
import type { LoadOrder, LoadReport } from './load-client.ts'

/** Sends requests from a process of its own. Throws when one was not answered with success. */
export async function load(order: LoadOrder): Promise<LoadReport & { perSecond: number }> {
  const child = fork(join(import.meta.dirname, 'load-client.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const report = await new Promise<LoadReport>((resolve, reject) => {
    child.once('message', (message) => resolve(message as LoadReport))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the load client ended with ${code}`)))
    child.send(order)
  })
  if (report.failed > 0)
    throw new Error(`${report.failed} requests failed, the first with ${report.firstFailure}`)
  return { ...report, perSecond: (report.completed / report.elapsedMs) * 1_000 }
}

/** The bytes of a request. */
export function requestOf(method: string, path: string, headers: Record<string, string>, body = ''): string {
  const all = { host: '127.0.0.1', ...headers, ...(body ? { 'content-type': 'application/json' } : {}) }
  const lines = Object.entries({ ...all, 'content-length': String(Buffer.byteLength(body)) })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `${method} ${path} HTTP/1.1\r\n${method === 'GET' ? head.replace(/content-length: 0\r\n/, '') : head}\r\n${body}`
}
