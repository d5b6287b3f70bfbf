import type { Finding, ReleaseCheck } from '../check.ts'
import { findInBundle } from '../scanned.ts'
import type { Scan } from '../scan.ts'

const kinds: Record<string, string> = {
  ImportDeclaration: 'import',
  ExportAllDeclaration: 'export … from',
  ImportExpression: 'import()',
  MetaProperty: 'import.meta',
}

/** What this check finds in a bundle that was read. */
export function find(scan: Scan): Finding[] {
  return [
    ...scan.errors.map((detail): Finding => ({ detail: `it cannot be read as a module: ${detail}` })),
    ...scan.nodes.flatMap(({ node }): Finding[] => {
      const what =
        kinds[node.type] ?? (node.type === 'ExportNamedDeclaration' && node['source'] ? 'export … from' : '')
      const isNew = node.type === 'MetaProperty' && (node['meta'] as { name?: string }).name !== 'import'
      return what && !isNew ? [{ detail: what, expected: 'none', ...scan.place(node) }] : []
    }),
  ]
}

export const check: ReleaseCheck = {
  id: 'security.imports',
  stage: 'release',
  group: 'security',
  severity: 'error',
  title: 'The bundle is one module and imports nothing',
  why: 'What is imported is not in the digest that was certified, and there is nothing in the sandbox to import from.',
  howToMend: 'Build with `bizq build`, which puts everything into one module.',
  run: async ({ bundle }) => (await findInBundle(bundle))['security.imports'] ?? [],
}
