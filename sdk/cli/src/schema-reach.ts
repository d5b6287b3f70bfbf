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

interface Reached {
  module: Module
  node: Node
  /** How it was reached from `execute`: `Settings (src/index.ts:12)`. */
  through: string[]
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
