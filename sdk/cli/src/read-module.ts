import { parseSync, type ESTree } from 'rolldown/utils'

/** A provider's own module: where it lies and its source as it was written. */
export interface SourceModule {
  id: string
  code: string
}

export type Node = ESTree.Node & { start: number }
export interface Import {
  source: string
  /** `*` for a namespace. */
  imported: string
}
/** A module as far as names go: what it imports, declares and exports. */
export interface Module extends SourceModule {
  imports: Map<string, Import>
  /** What a top-level name is declared as. */
  declarations: Map<string, Node>
  /** Exported name → local name, or where it is exported from. */
  exports: Map<string, { local: string } | Import>
  exportsAllOf: string[]
  defaultExport: Node | undefined
}
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'

function childrenOf(node: Node): [key: string, child: Node][] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) =>
    (Array.isArray(value) ? value : [value]).filter(isNode).map((child): [string, Node] => [key, child]),
  )
}

function namesIn(pattern: Node | null | undefined, into: Set<string>): void {
  if (!pattern) return
  if (pattern.type === 'Identifier') into.add(pattern.name)
  else if (pattern.type === 'AssignmentPattern') namesIn(pattern.left, into)
  else if (pattern.type === 'Property') namesIn(pattern.value, into)
  else if (['ObjectPattern', 'ArrayPattern', 'RestElement', 'TSParameterProperty'].includes(pattern.type)) {
    for (const [key, child] of childrenOf(pattern)) if (key !== 'typeAnnotation') namesIn(child, into)
  }
}

const isFunction = (node: Node) =>
  node.type === 'FunctionDeclaration' ||
  node.type === 'FunctionExpression' ||
  node.type === 'ArrowFunctionExpression'

/** The names that a function declares anywhere within itself, but not within functions inside it. */
function localsOf(fn: Node): Set<string> {
  const names = new Set<string>()
  const visit = (node: Node, isOutermost: boolean) => {
    if (node.type === 'VariableDeclarator') namesIn(node.id, names)
    if (node.type === 'CatchClause') namesIn(node.param, names)
    if (node.type === 'ClassDeclaration' || node.type === 'FunctionDeclaration') namesIn(node.id, names)
    if (isFunction(node) && !isOutermost) return
    for (const [key, child] of childrenOf(node)) {
      if (key === 'params' && isOutermost) namesIn(child, names)
      else visit(child, false)
    }
  }
  visit(fn, true)
  return names
}

function addImport(module: Module, statement: ESTree.ImportDeclaration): void {
  if (statement.importKind === 'type') return
  for (const specifier of statement.specifiers) {
    if (specifier.type === 'ImportSpecifier' && specifier.importKind === 'type') continue
    const imported =
      specifier.type === 'ImportNamespaceSpecifier'
        ? '*'
        : specifier.type === 'ImportDefaultSpecifier'
          ? 'default'
          : specifier.imported.type === 'Identifier'
            ? specifier.imported.name
            : specifier.imported.value
    module.imports.set(specifier.local.name, { source: statement.source.value, imported })
  }
}

function addDeclaration(module: Module, node: Node): string[] {
  const names = new Set<string>()
  if (node.type === 'VariableDeclaration') {
    for (const declarator of node.declarations) {
      const own = new Set<string>()
      namesIn(declarator.id, own)
      for (const name of own) module.declarations.set(name, declarator)
      own.forEach((name) => names.add(name))
    }
  } else if ((node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') && node.id) {
    module.declarations.set(node.id.name, node)
    names.add(node.id.name)
  }
  return [...names]
}

const exportName = (name: ESTree.ModuleExportName) => (name.type === 'Literal' ? name.value : name.name)

/** Reads a module's imports, top-level declarations and exports. */
export function readModule(source: SourceModule): Module {
  const parsed = parseSync(source.id, source.code)
  const module: Module = {
    ...source,
    imports: new Map(),
    declarations: new Map(),
    exports: new Map(),
    exportsAllOf: [],
    defaultExport: undefined,
  }
  for (const statement of parsed.program.body) {
    if (statement.type === 'ImportDeclaration') addImport(module, statement)
    else if (statement.type === 'ExportAllDeclaration') module.exportsAllOf.push(statement.source.value)
    else if (statement.type === 'ExportDefaultDeclaration')
      module.defaultExport = statement.declaration as Node
    else if (statement.type === 'ExportNamedDeclaration') {
      if (statement.declaration) {
        for (const name of addDeclaration(module, statement.declaration))
          module.exports.set(name, { local: name })
      }
      for (const { local, exported } of statement.specifiers) {
        const from = statement.source?.value
        const name = exportName(local)
        module.exports.set(
          exportName(exported),
          from === undefined ? { local: name } : { source: from, imported: name },
        )
      }
    } else addDeclaration(module, statement)
  }
  return module
}

export interface Use {
  name: string
  node: Node
  /** What is read of it: `sdk.z` gives `z`. */
  member: string | undefined
}

const wrappers = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
])
const namedMembers = new Set(['Property', 'MethodDefinition', 'PropertyDefinition', 'AccessorProperty'])

/** The names that an expression or a declaration uses and does not declare itself. */
export function freeNames(root: Node): Use[] {
  const uses: Use[] = []
  const visit = (node: Node, scopes: readonly Set<string>[], member?: string) => {
    if (node.type === 'Identifier') {
      if (!scopes.some((scope) => scope.has(node.name))) uses.push({ name: node.name, node, member })
      return
    }
    if (node.type.startsWith('TS') && !wrappers.has(node.type)) return
    const inner = isFunction(node) ? [...scopes, localsOf(node)] : scopes
    for (const [key, child] of childrenOf(node)) {
      const isComputed = (node as { computed?: boolean }).computed === true
      if (namedMembers.has(node.type) && key === 'key' && !isComputed) continue
      if (node.type === 'MemberExpression' && key === 'property' && !isComputed) continue
      if (
        key === 'label' ||
        key === 'typeAnnotation' ||
        key === 'returnType' ||
        key === 'typeParameters' ||
        key === 'typeArguments'
      )
        continue
      if (
        key === 'id' &&
        (node.type === 'VariableDeclarator' ||
          node.type === 'ClassDeclaration' ||
          node.type === 'FunctionDeclaration')
      ) {
        if (node.type === 'VariableDeclarator' && child.type !== 'Identifier')
          visit(child, [...inner, patternNames(child)])
        continue
      }
      const read =
        node.type === 'MemberExpression' &&
        key === 'object' &&
        node.property.type === 'Identifier' &&
        !isComputed
          ? node.property.name
          : undefined
      visit(child, inner, read)
    }
  }
  visit(root, [])
  return uses
}

function patternNames(pattern: Node): Set<string> {
  const names = new Set<string>()
  namesIn(pattern, names)
  return names
}
