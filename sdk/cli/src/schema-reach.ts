import { dirname, relative, resolve } from 'node:path'
import type { ESTree } from 'rolldown/utils'
import { BuildError, placeOf } from './build-error.ts'
import {
  freeNames,
  readModule,
  type Import,
  type Module,
  type Node,
  type SourceModule,
} from './read-module.ts'

/** A declaration or expression, and the module that it stands in. */
interface Declared {
  module: Module
  node: Node
}
type Modules = ReadonlyMap<string, Module>

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

/** The provider's own module that an import names; undefined for every other. */
function moduleNamed(modules: Modules, from: Module, specifier: string): Module | undefined {
  if (!specifier.startsWith('.')) return undefined
  const path = resolve(dirname(from.id), specifier)
  const tries = [
    path,
    path.replace(/\.js$/, '.ts'),
    ...['.ts', '.js', '/index.ts', '/index.js'].map((end) => path + end),
  ]
  return tries.map((id) => modules.get(id)).find((module) => module !== undefined)
}

/** What a name in a module stands for: its declarations (several for a namespace), or the SDK's `z`. */
function declarationsOf(
  modules: Modules,
  module: Module,
  name: string,
  member?: string,
): Declared[] | 'schema' {
  const node = module.declarations.get(name)
  if (node) return [{ module, node }]
  const imported = module.imports.get(name)
  return imported ? importedFrom(modules, module, imported, member) : []
}

function importedFrom(
  modules: Modules,
  from: Module,
  { source, imported }: Import,
  member?: string,
): Declared[] | 'schema' {
  if (source === '@bizq/sdk') {
    return imported === 'z' || (imported === '*' && (member === undefined || member === 'z')) ? 'schema' : []
  }
  const target = moduleNamed(modules, from, source)
  if (!target) return []
  if (imported === '*') {
    const all = [...target.exports.keys()].map((name) =>
      importedFrom(modules, from, { source, imported: name }),
    )
    return all.includes('schema') ? 'schema' : all.flatMap((found) => (found === 'schema' ? [] : found))
  }
  if (imported === 'default' && target.defaultExport) return [{ module: target, node: target.defaultExport }]
  const exported = target.exports.get(imported)
  if (exported && 'local' in exported) return declarationsOf(modules, target, exported.local)
  if (exported) return importedFrom(modules, target, exported)
  const passed = target.exportsAllOf.map((all) => importedFrom(modules, target, { source: all, imported }))
  return passed.find((found) => found === 'schema' || found.length > 0) ?? []
}

/** `execute`, and `report` where there is one. Throws a BuildError where they cannot be found without running the code. */
function entryPoints(folder: string, entry: string, modules: Modules): Declared[] {
  const module = modules.get(entry)
  const members = new Map<string, Node>()
  for (const member of (module && definitionOf(module)?.properties) ?? []) {
    if (member.type === 'Property' && member.key.type === 'Identifier')
      members.set(member.key.name, member.value)
  }
  const [execute, report] = [members.get('execute'), members.get('report')]
  if (!module || !execute) {
    throw new BuildError(
      `${relative(folder, entry)}: the default export must be defineProvider({ …, execute }) with execute written in that object`,
    )
  }
  return [execute, report].flatMap((node) => (node ? [{ module, node }] : []))
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
  const queue = entryPoints(folder, entry, modules).map((found) => ({ ...found, through: [] as string[] }))
  const seen = new Set(queue.map(({ node }) => node))
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { module, node, through } = next
    for (const { name, node: use, member } of freeNames(node)) {
      const found = declarationsOf(modules, module, name, member)
      if (found === 'schema') {
        const way = through.length === 0 ? '' : `, through ${through.join(', ')}`
        throw new BuildError(
          `${place(module, use)}: z is reachable from execute or report${way}. Schemas are checked by the platform, before and after; the bundle holds none. Check values with plain code.`,
        )
      }
      for (const declared of found.filter((each) => !seen.has(each.node))) {
        seen.add(declared.node)
        queue.push({ ...declared, through: [...through, `${name} (${place(module, use)})`] })
      }
    }
  }
}
