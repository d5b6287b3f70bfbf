import type { Finding, ReleaseCheck } from '../check.ts'
import { readImage } from '../documents.ts'

const least = { width: 640, height: 360 }
const mostSide = 4_096
const mostBytes = 2 * 1024 * 1024

function judge(bytes: Uint8Array, pointer: string): Finding[] {
  const facts = readImage(bytes)
  if (!facts) return [{ pointer, detail: 'is no PNG, JPEG or WebP' }]
  const { width, height } = facts
  const expected = `at least ${least.width} × ${least.height}, at most ${mostSide} each way`
  const fits = width >= least.width && height >= least.height && Math.max(width, height) <= mostSide
  if (!fits) return [{ pointer, detail: `is ${width} × ${height}`, expected }]
  if (bytes.length <= mostBytes) return []
  return [{ pointer, detail: `has ${bytes.length} bytes`, expected: `at most ${mostBytes}` }]
}

export const check: ReleaseCheck = {
  id: 'documentation.screenshot',
  stage: 'release',
  group: 'documentation',
  severity: 'warning',
  title: 'A screenshot shows what it does',
  why: 'Operators compare services side by side; one picture of its proposals says more than a page.',
  howToMend: 'Add a PNG, JPEG or WebP of 640 × 360 or more, under 2 MiB, without real people’s data.',
  skip: ({ documents }) => (documents ? undefined : 'no documents were submitted'),
  run({ documents }) {
    const shots = documents?.screenshots ?? []
    if (shots.length === 0) return [{ pointer: '/documents/screenshots', detail: 'there is none' }]
    return shots.flatMap((bytes, i) => judge(bytes, `/documents/screenshots/${i}`))
  },
}
