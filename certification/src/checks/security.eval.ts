import type { Finding, ReleaseCheck } from '../check.ts'
import { findInBundle } from '../scanned.ts'
import { isGlobal, isNode, isUse, propertyOf, type SyntaxNode, type Scan } from '../scan.ts'

const isText = (node: unknown) =>
  isNode(node) &&
  ((node.type === 'Literal' && typeof node['value'] === 'string') || node.type === 'TemplateLiteral')

/** `x.constructor('…')`: the way to Function around its name. */
function callsConstructor(node: SyntaxNode): boolean {
  if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false
  const callee = node['callee'] as SyntaxNode
  if (propertyOf(callee) !== 'constructor') return false
  const object = callee['object'] as SyntaxNode
  return propertyOf(object) === 'constructor' || (node['arguments'] as unknown[]).some(isText)
}

/** What this check finds in a bundle that was read. */
export function find(scan: Scan): Finding[] {
  return scan.nodes.flatMap(({ node, parent }): Finding[] => {
    const name = isUse(node, parent) && ['eval', 'Function'].find((each) => isGlobal(node, each, scan))
    const isTest = parent?.type === 'BinaryExpression' && parent['operator'] === 'instanceof'
    if (name && !isTest) return [{ detail: `${name} makes code of a text`, ...scan.place(node) }]
    return callsConstructor(node) ? [{ detail: 'constructor makes code of a text', ...scan.place(node) }] : []
  })
}

export const check: ReleaseCheck = {
  id: 'security.eval',
  stage: 'release',
  group: 'security',
  severity: 'error',
  title: 'It makes no code of texts',
  why: 'A reviewer reads the bundle; code that is put together at run time was read by nobody, and could be in the data.',
  howToMend: 'Do without eval, Function and their detours.',
  run: async ({ bundle }) => (await findInBundle(bundle))['security.eval'] ?? [],
}
