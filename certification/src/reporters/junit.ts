import { countResults, type CertificationReport, type CheckResult } from '../report.ts'
import { escaped } from './escape.ts'

function wordsOf({ findings, why, howToMend }: CheckResult): string {
  const found = findings.map(({ detail, expected, pointer, input }) =>
    [pointer, detail, expected && `expected ${expected}`, input && `input ${input}`]
      .filter(Boolean)
      .join(' | '),
  )
  return [...found, why ?? '', howToMend ?? ''].filter(Boolean).join('\n')
}

function testCase(result: CheckResult): string {
  const { id, group, title, outcome, severity, reason } = result
  const open = `    <testcase classname="${escaped(group)}" name="${escaped(`${id}: ${title}`)}"`
  if (outcome === 'passed') return `${open}/>`
  if (outcome === 'skipped') return `${open}><skipped message="${escaped(reason ?? '')}"/></testcase>`
  // JUnit knows no warnings: one does not fail the build, and is told as output.
  if (severity === 'warning') return `${open}><system-out>${escaped(wordsOf(result))}</system-out></testcase>`
  const message = escaped(result.findings[0]?.detail ?? title)
  return `${open}><failure message="${message}" type="${escaped(id)}">${escaped(wordsOf(result))}</failure></testcase>`
}

/** A report as JUnit XML: errors are failures, warnings are output of their test. */
export function toJunit(report: CertificationReport): string {
  const { errors, skipped } = countResults(report)
  const name = escaped(`${report.service ?? 'release'} ${report.version ?? ''}`.trim())
  const seconds = (report.durationMs / 1000).toFixed(3)
  const counts = `tests="${report.results.length}" failures="${errors}" errors="0" skipped="${skipped}" time="${seconds}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="BizQ certification ${escaped(report.suite)}" ${counts}>`,
    `  <testsuite name="${name}" ${counts}>`,
    ...report.results.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}
