import type { ReleaseCheck } from '../check.ts'

export const check: ReleaseCheck = {
  id: 'documentation.changelog',
  stage: 'release',
  group: 'documentation',
  severity: 'error',
  title: 'The CHANGELOG tells what this release changes',
  why: 'Operators read it when a release waits for their consent.',
  howToMend:
    'Write CHANGELOG.md with a heading for this version, and below it what changes for the operator.',
  skip: ({ documents }) => (documents ? undefined : 'no documents were submitted'),
  run({ documents, manifest: { version } }) {
    const pointer = '/documents/changelog'
    const lines = (documents?.changelog ?? '').split(/\r?\n/)
    const isHeading = (line: string) => /^#{1,4} /.test(line)
    const at = lines.findIndex(
      (line) =>
        isHeading(line) && line.split(/[\s[\](),]+/).some((word) => word.replace(/^v/, '') === version),
    )
    if (at < 0) return [{ pointer, detail: `has no heading for ${version}`, expected: `## ${version}` }]
    const entry = lines.slice(at + 1)
    const end = entry.findIndex(isHeading)
    const words = entry
      .slice(0, end < 0 ? undefined : end)
      .join(' ')
      .trim()
    return words === '' ? [{ pointer, detail: `says nothing of ${version}` }] : []
  },
}
