import { dirname, relative, resolve } from 'node:path'
import { parseSync, type ESTree } from 'rolldown/utils'
import { BuildError, placeOf } from './build-error.ts'

/** A provider's own module: where it lies and its source as it was written. */
export interface SourceModule {
  id: string
  code: string
}

type Node = ESTree.Node & { start: number }
interface Import {
  source: string
  /** `*` for a namespace. */
  imported: string
}
interface Module extends SourceModule {
  imports: Map<string, Import>
  /** What a top-level name is declared as. */
  declarations: Map<string, Node>
  /** Exported name → local name, or where it is exported from. */
  exports: Map<string, { local: string } | Import>
  exportsAllOf: string[]
  defaultExport: Node | undefined
}
interface Reached {
  module: Module
  node: Node
  /** How it was reached from `execute`: `Settings (src/index.ts:12)`. */
  through: string[]
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
  else if (pattern.type === 'AssignmentPattern') namesIn(pattern.left as Node, into)
  else if (pattern.type === 'Property') namesIn(pattern.value as Node, into)
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
    if (node.type === 'VariableDeclarator') namesIn(node.id as Node, names)
    if (node.type === 'CatchClause') namesIn(node.param as Node | null, names)
    if (node.type === 'ClassDeclaration' || node.type === 'FunctionDeclaration')
      namesIn(node.id as Node | null, names)
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
      namesIn(declarator.id as Node, own)
      for (const name of own) module.declarations.set(name, declarator as Node)
      own.forEach((name) => names.add(name))
    }
  } else if ((node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') && node.id) {
    module.declarations.set(node.id.name, node)
    names.add(node.id.name)
  }
  return [...names]
}

const exportName = (name: ESTree.ModuleExportName) => (name.type === 'Literal' ? name.value : name.name)

function readModule(source: SourceModule): Module {
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
        for (const name of addDeclaration(module, statement.declaration as Node))
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
    } else addDeclaration(module, statement as Node)
  }
  return module
}

/** The object that is given to `defineProvider`, wherever the default export takes it from. */
function definitionOf(module: Module): ESTree.ObjectExpression | undefined {
  let node: Node | undefined = module.defaultExport
  for (let steps = 0; node && steps < 10; steps++) {
    if (node.type === 'Identifier') {
      const declared: Node | undefined = module.declarations.get(node.name)
      node =
        declared?.type === 'VariableDeclarator'
          ? ((declared.init ?? undefined) as Node | undefined)
          : undefined
    } else if (
      node.type === 'TSAsExpression' ||
      node.type === 'TSSatisfiesExpression' ||
      node.type === 'ParenthesizedExpression'
    ) {
      node = node.expression as Node
    } else if (node.type === 'CallExpression') node = node.arguments[0] as Node | undefined
    else return node.type === 'ObjectExpression' ? node : undefined
  }
  return undefined
}

/**
 * Refuses a `z` that `execute` or `report` can reach, directly or through any declaration of the
 * provider's own modules: in the bundle it does nothing. Throws a BuildError that names the line.
 */
export function refuseReachableSchemas(
  folder: string,
  entry: string,
  sources: readonly SourceModule[],
): void {
  const modules = new Map(sources.map((source) => [source.id, readModule(source)]))
  const place = (module: Module, node: Node) => {
    const { line, column } = placeOf(module.code, node.start)
    return `${relative(folder, module.id)}:${line}:${column}`
  }
  const find = (from: Module, specifier: string): Module | undefined => {
    const path = resolve(dirname(from.id), specifier)
    const tries = [
      path,
      path.replace(/\.js$/, '.ts'),
      `${path}.ts`,
      `${path}.js`,
      `${path}/index.ts`,
      `${path}/index.js`,
    ]
    return specifier.startsWith('.')
      ? tries.map((id) => modules.get(id)).find((m) => m !== undefined)
      : undefined
  }

  const module = modules.get(entry)
  const definition = module && definitionOf(module)
  const members = (definition?.properties ?? []).filter(
    (p) => p.type === 'Property' && p.key.type === 'Identifier' && ['execute', 'report'].includes(p.key.name),
  )
  if (
    !module ||
    !members.some((p) => p.type === 'Property' && p.key.type === 'Identifier' && p.key.name === 'execute')
  ) {
    throw new BuildError(
      `${relative(folder, entry)}: the default export must be defineProvider({ …, execute }) with execute written in that object`,
    )
  }
  const queue: Reached[] = members.map((p) => ({
    module,
    node: (p as ESTree.ObjectProperty).value as Node,
    through: [],
  }))
  const seen = new Set<Node>(queue.map((q) => q.node))

  const reach = (to: Module, name: string, through: string[]): void => {
    const node = to.declarations.get(name)
    if (node) {
      if (!seen.has(node)) queue.push({ module: to, node, through })
      seen.add(node)
      return
    }
    const imported = to.imports.get(name)
    if (imported) follow(to, imported, through)
  }
  const follow = (from: Module, { source, imported }: Import, through: string[]): void => {
    const target = find(from, source)
    if (!target) return
    if (imported === '*') {
      for (const name of target.exports.keys()) follow(from, { source, imported: name }, through)
      return
    }
    if (imported === 'default' && target.defaultExport) {
      if (!seen.has(target.defaultExport)) queue.push({ module: target, node: target.defaultExport, through })
      seen.add(target.defaultExport)
      return
    }
    const exported = target.exports.get(imported)
    if (exported && 'local' in exported) reach(target, exported.local, through)
    else if (exported) follow(target, exported, through)
    else for (const all of target.exportsAllOf) follow(target, { source: all, imported }, through)
  }

  for (let next = queue.shift(); next; next = queue.shift()) {
    const { module, node, through } = next
    for (const { name, node: use, isNamespaceMember } of freeNames(node)) {
      const imported = module.imports.get(name)
      const isSchema =
        imported?.source === '@bizq/sdk' &&
        (imported.imported === 'z' || (imported.imported === '*' && isNamespaceMember === 'z'))
      if (isSchema) {
        const way = through.length === 0 ? '' : `, through ${through.join(', ')}`
        throw new BuildError(
          `${place(module, use)}: z is reachable from execute or report${way}. Schemas are checked by the platform, before and after; the bundle holds none. Check values with plain code.`,
        )
      }
      reach(module, name, [...through, `${name} (${place(module, use)})`])
    }
  }
}

interface Use {
  name: string
  node: Node
  /** What is read of it: `sdk.z` gives `z`. */
  isNamespaceMember: string | undefined
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
function freeNames(root: Node): Use[] {
  const uses: Use[] = []
  const visit = (node: Node, scopes: readonly Set<string>[], member?: string) => {
    if (node.type === 'Identifier') {
      if (!scopes.some((scope) => scope.has(node.name)))
        uses.push({ name: node.name, node, isNamespaceMember: member })
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
