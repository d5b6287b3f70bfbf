import type { Finding, ReleaseCheck } from '../check.ts'
import { findInBundle } from '../scanned.ts'
import { isGlobal, isUse, propertyOf, type Scan, type SyntaxNode } from '../scan.ts'

/** What a host may have and the sandbox has not. */
const host = new Set(
  `process require module exports __dirname __filename Buffer global window self document navigator location
  fetch XMLHttpRequest WebSocket EventSource Worker importScripts postMessage setTimeout setInterval setImmediate
  queueMicrotask WebAssembly SharedArrayBuffer Atomics WeakRef FinalizationRegistry Deno Bun crypto performance
  indexedDB localStorage sessionStorage caches`.split(/\s+/),
)

/** `globalThis.process`, `globalThis[name]`: the globals by another way. */
function throughGlobal(node: SyntaxNode, scan: Scan): string | undefined {
  if (node.type !== 'MemberExpression' || !isGlobal(node['object'], 'globalThis', scan)) return undefined
  const name = propertyOf(node)
  if (name === undefined) return 'globalThis by a name that is computed'
  return host.has(name) ? `globalThis.${name}` : undefined
}

/** What this check finds in a bundle that was read. */
export function find(scan: Scan): Finding[] {
  return scan.nodes.flatMap(({ node, parent }): Finding[] => {
    const name = node['name'] as string
    const isHost = isUse(node, parent) && host.has(name) && !scan.declared.has(name)
    const what = isHost ? name : throughGlobal(node, scan)
    return what === undefined ? [] : [{ detail: `reaches for ${what}`, ...scan.place(node) }]
  })
}

export const check: ReleaseCheck = {
  id: 'security.host-reach',
  stage: 'release',
  group: 'security',
  severity: 'error',
  title: 'It does not reach for what is outside the sandbox',
  why: 'There is no network, no file system, no timer and no process: who reaches for them tries something else than the manifest says.',
  howToMend:
    'Use ECMAScript, Temporal and Intl alone; leave out libraries that look for a browser or for Node.',
  run: async ({ bundle }) => (await findInBundle(bundle))['security.host-reach'] ?? [],
}
