import type { ReleaseCheck } from '../check.ts'

const leftover = /\b(TODO|FIXME|TBD|lorem ipsum)\b|<your[ -]/i

export const check: ReleaseCheck = {
  id: 'documentation.readme',
  stage: 'release',
  group: 'documentation',
  severity: 'error',
  title: 'A README tells what the service does',
  why: 'It is the listing’s long text: what it looks for, what it proposes, what it cannot do.',
  howToMend:
    'Write README.md with a title and at least 60 words in your own language of business, and finish it.',
  skip: ({ documents }) => (documents ? undefined : 'no documents were submitted'),
  run({ documents }) {
    const text = documents?.readme ?? ''
    const words = text.match(/\p{L}[\p{L}\p{N}’'-]*/gu)?.length ?? 0
    const left = leftover.exec(text)
    if (words < 60)
      return [{ pointer: '/documents/readme', detail: `has ${words} words`, expected: 'at least 60' }]
    if (!/^#{1,2} \S/m.test(text)) return [{ pointer: '/documents/readme', detail: 'has no heading' }]
    return left ? [{ pointer: '/documents/readme', detail: `“${left[0]}” was left in it` }] : []
  },
}
