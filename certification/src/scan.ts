import { parseSync } from 'oxc-parser'
import type { Finding } from './check.ts'

/** A node of the bundle's syntax tree (ESTree), as far as it is looked at. */
export interface SyntaxNode {
  type: string
  start: number
  [member: string]: unknown
}

export interface Scan {
  /** Every node with the one around it, in the order of the text. */
  nodes: readonly { node: SyntaxNode; parent: SyntaxNode | undefined }[]
  /** Names that the bundle declares anywhere. */
  declared: ReadonlySet<string>
  /** Why it could not be read. */
  errors: readonly string[]
  place(node: SyntaxNode): Pick<Finding, 'line' | 'column'>
}

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

/** Reads a bundle. A hostile one can overflow the stack of the reader, and end the process: see scanned.ts. */
export function scanBundle(bundle: string): Scan {
  const { program, errors } = parseSync('bundle.js', bundle)
  const nodes: { node: SyntaxNode; parent: SyntaxNode | undefined }[] = []
  const declared = new Set<string>()
  walk(program as unknown as SyntaxNode, undefined, (node, parent) => {
    nodes.push({ node, parent })
    if (node.type === 'ObjectPattern') {
      for (const { value } of node['properties'] as { value?: SyntaxNode }[])
        if (value?.type === 'Identifier') declared.add(value['name'] as string)
    }
    if (node.type === 'Identifier' && parent && declares(parent, node)) declared.add(node['name'] as string)
  })
  const lines = [0, ...Array.from(bundle.matchAll(/\n/g), ({ index }) => index + 1)]
  const place = ({ start }: SyntaxNode) => {
    const line = lines.findLastIndex((at) => at <= start)
    return { line: line + 1, column: start - (lines[line] ?? 0) + 1 }
  }
  return { nodes, declared, errors: errors.map(({ message }) => message), place }
}

function walk(
  node: SyntaxNode,
  parent: SyntaxNode | undefined,
  visit: (node: SyntaxNode, parent: SyntaxNode | undefined) => void,
): void {
  visit(node, parent)
  for (const member of Object.values(node)) {
    for (const child of Array.isArray(member) ? member : [member]) if (isNode(child)) walk(child, node, visit)
  }
}

const patterns = new Set(['ArrayPattern', 'RestElement', 'AssignmentPattern'])

/** Whether a name stands where a name is declared: wherever it does, no use of it is taken for a global. */
function declares(parent: SyntaxNode, name: SyntaxNode): boolean {
  if (parent.type === 'VariableDeclarator' || parent.type.startsWith('Class')) return parent['id'] === name
  if (parent.type === 'FunctionDeclaration' || parent.type === 'FunctionExpression')
    return parent['id'] === name || (parent['params'] as unknown[]).includes(name)
  if (parent.type === 'ArrowFunctionExpression') return (parent['params'] as unknown[]).includes(name)
  if (parent.type === 'CatchClause') return parent['param'] === name
  if (parent.type === 'AssignmentPattern') return parent['left'] === name
  return patterns.has(parent.type) || /^Import.*Specifier$/.test(parent.type)
}

/** Whether an identifier reads a variable, and is not the name of a property, a label or a declaration. */
export function isUse(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (node.type !== 'Identifier' || !parent) return false
  const isComputed = parent['computed'] === true
  if (parent.type === 'MemberExpression') return parent['object'] === node || isComputed
  if (['Property', 'MethodDefinition', 'PropertyDefinition'].includes(parent.type))
    return parent['value'] === node || isComputed
  if (parent.type === 'UnaryExpression' && parent['operator'] === 'typeof') return false
  return !/Label|Break|Continue|Specifier/.test(parent.type) && !declares(parent, node)
}

/** The name of a property that is read of something: `a.b`, `a['b']`. */
export function propertyOf(node: SyntaxNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined
  const property = node['property'] as SyntaxNode
  if (node['computed'] !== true) return property['name'] as string | undefined
  return property.type === 'Literal' ? String(property['value']) : undefined
}

/** Whether an expression is the name of a global: one that the bundle declares nowhere. */
export function isGlobal(node: unknown, name: string, { declared }: Scan): boolean {
  return isNode(node) && node.type === 'Identifier' && node['name'] === name && !declared.has(name)
}
