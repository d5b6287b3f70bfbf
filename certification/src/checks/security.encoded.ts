import type { Finding, ReleaseCheck } from '../check.ts'
import { findInBundle } from '../scanned.ts'
import { type SyntaxNode, type Scan } from '../scan.ts'

const longest = 1_024
const encoded = /^[A-Za-z0-9+/=_-]+$/

function encodedLength(node: SyntaxNode): number {
  if (node.type === 'Literal' && typeof node['value'] === 'string')
    return encoded.test(node['value']) ? node['value'].length : 0
  if (node.type === 'TemplateElement') {
    const { raw } = node['value'] as { raw: string }
    return encoded.test(raw.trim()) ? raw.length : 0
  }
  if (node.type !== 'ArrayExpression') return 0
  const elements = node['elements'] as (SyntaxNode | null)[]
  const isBytes = elements.every(
    (each) =>
      Number.isInteger(each?.['value']) &&
      (each?.['value'] as number) >= 0 &&
      (each?.['value'] as number) < 256,
  )
  return isBytes ? elements.length : 0
}

/** What this check finds in a bundle that was read. */
export function find(scan: Scan): Finding[] {
  return scan.nodes.flatMap(({ node }): Finding[] => {
    const length = encodedLength(node)
    if (length < longest) return []
    return [
      {
        detail: `${length} characters or bytes in one piece`,
        expected: `fewer than ${longest}`,
        ...scan.place(node),
      },
    ]
  })
}

export const check: ReleaseCheck = {
  id: 'security.encoded',
  stage: 'release',
  group: 'security',
  severity: 'error',
  title: 'It holds no encoded blobs',
  why: 'A reviewer cannot read base64, hex or bytes; hidden code and other people’s data hide there.',
  howToMend: 'Write tables as readable values, and learn models from the business’s own rows.',
  run: async ({ bundle }) => (await findInBundle(bundle))['security.encoded'] ?? [],
}
