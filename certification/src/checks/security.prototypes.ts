import type { Finding, ReleaseCheck } from '../check.ts'
import { findInBundle } from '../scanned.ts'
import { isNode, propertyOf, type Scan, type SyntaxNode } from '../scan.ts'

const definers = new Set(['defineProperty', 'defineProperties', 'assign', 'setPrototypeOf'])

/** `Array.prototype`, `globalThis`, `Math`: what the language brings along. */
function isBuiltIn(node: unknown, scan: Scan): boolean {
  if (!isNode(node)) return false
  if (node.type === 'Identifier') {
    const name = node['name'] as string
    return (
      !scan.declared.has(name) &&
      (name === 'globalThis' || /^(Math|JSON|Date|Intl|Temporal|Reflect|Object)$/.test(name))
    )
  }
  const object = node['object']
  return (
    propertyOf(node) === 'prototype' &&
    isNode(object) &&
    object.type === 'Identifier' &&
    !scan.declared.has(object['name'] as string)
  )
}

function tampers(node: SyntaxNode, scan: Scan): boolean {
  if (node.type === 'AssignmentExpression') {
    const left = node['left'] as SyntaxNode
    return (
      left.type === 'MemberExpression' &&
      (isBuiltIn(left['object'], scan) || propertyOf(left) === '__proto__')
    )
  }
  if (node.type !== 'CallExpression') return false
  const callee = node['callee'] as SyntaxNode
  return definers.has(propertyOf(callee) ?? '') && isBuiltIn((node['arguments'] as unknown[])[0], scan)
}

/** What this check finds in a bundle that was read. */
export function find(scan: Scan): Finding[] {
  return scan.nodes.flatMap(({ node }): Finding[] =>
    tampers(node, scan) ? [{ detail: 'changes what the language brings along', ...scan.place(node) }] : [],
  )
}

export const check: ReleaseCheck = {
  id: 'security.prototypes',
  stage: 'release',
  group: 'security',
  severity: 'error',
  title: 'It leaves the language as it is',
  why: 'A changed built-in makes every other line mean something else than what a reviewer reads.',
  howToMend:
    'Write functions of your own instead of adding to Array.prototype and the like; leave polyfills out.',
  run: async ({ bundle }) => (await findInBundle(bundle))['security.prototypes'] ?? [],
}
