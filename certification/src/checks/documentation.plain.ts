import type { Finding, ReleaseCheck } from '../check.ts'

const active: [RegExp, string][] = [
  [/<\s*(script|iframe|object|embed|form|style|link|meta|base|svg)\b/i, 'active HTML'],
  [/\bon[a-z]+\s*=\s*["']/i, 'an event handler'],
  [/\]\(\s*(?:javascript|data|vbscript|file):/i, 'a link that runs code or holds data'],
  [/\]\(\s*http:\/\//i, 'a link without TLS'],
]

export const check: ReleaseCheck = {
  id: 'documentation.plain',
  stage: 'release',
  group: 'documentation',
  severity: 'error',
  title: 'README and CHANGELOG are plain Markdown',
  why: 'The platform shows them cleaned; whoever relies on more shows operators something broken, or tries to attack them.',
  howToMend: 'Write Markdown with https links, without HTML that does anything.',
  skip: ({ documents }) => (documents ? undefined : 'no documents were submitted'),
  run: ({ documents }) =>
    (['readme', 'changelog'] as const).flatMap((part) =>
      active.flatMap(([pattern, what]): Finding[] => {
        const found = pattern.exec(documents?.[part] ?? '')
        return found ? [{ pointer: `/documents/${part}`, detail: `“${found[0]}” is ${what}` }] : []
      }),
    ),
}
