import { styleText } from 'node:util'
import type { Finding } from '../check.ts'
import { countResults, type CertificationReport, type CheckResult } from '../report.ts'

export interface TerminalOptions {
  /** Colours; NO_COLOR and FORCE_COLOR and whether the stream is a terminal decide unless told. */
  color?: boolean
  /** Also lists what passed. */
  all?: boolean
}

type Style = Parameters<typeof styleText>[0]
type Paint = (style: Style, text: string) => string

function painter(color: boolean | undefined): Paint {
  if (color === undefined) return (style, text) => styleText(style, text, { stream: process.stdout })
  return color ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text
}

/** What a provider wrote, without what a terminal would obey (C0 and C1 controls, bidirectional marks). */
export function inert(text: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- controls are what it takes out
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\uFFFD')
}

function linesOf(
  { detail, expected, pointer, input, evidence, line, column }: Finding,
  paint: Paint,
): string[] {
  const place = line === undefined ? pointer : `bundle.js:${line}:${column ?? 1}`
  const shown = evidence === undefined ? undefined : JSON.stringify(evidence)
  return [
    `    ${place ? `${paint('cyan', place)} ` : ''}${inert(detail)}`,
    ...(expected === undefined ? [] : [`      expected  ${inert(expected)}`]),
    ...(input === undefined ? [] : [`      input     ${inert(input)}`]),
    ...(shown === undefined
      ? []
      : [`      smallest  ${inert(shown.length > 600 ? `${shown.slice(0, 600)}…` : shown)}`]),
  ]
}

function failure(result: CheckResult, paint: Paint): string[] {
  const isError = result.severity === 'error'
  const mark = paint(isError ? 'red' : 'yellow', isError ? 'error' : 'warning')
  return [
    `${mark} ${paint('bold', result.id)}  ${result.title}`,
    ...result.findings.flatMap((finding) => linesOf(finding, paint)),
    ...(result.why === undefined ? [] : [`    ${paint('dim', `why   ${result.why}`)}`]),
    ...(result.howToMend === undefined ? [] : [`    mend  ${result.howToMend}`]),
    '',
  ]
}

/** A report for people at a terminal, ending with a line feed. */
export function toTerminal(
  report: CertificationReport,
  { color, all = false }: TerminalOptions = {},
): string {
  const paint = painter(color)
  const counts = countResults(report)
  const verdict = report.verdict === 'passed' ? paint('green', 'PASSED') : paint('red', 'FAILED')
  const quiet = report.results.filter(({ outcome }) => outcome !== 'failed')
  return [
    ...(all
      ? quiet.map(({ id, outcome, title, reason }) => `${paint('dim', outcome)} ${id}  ${reason ?? title}`)
      : []),
    ...report.results
      .filter(({ outcome }) => outcome === 'failed')
      .flatMap((result) => failure(result, paint)),
    `${verdict}  ${report.service ?? 'no service'} ${report.version ?? ''}  ${report.profiles.join(', ')}, suite ${report.suite}`,
    `${counts.passed} passed, ${counts.errors} errors, ${counts.warnings} warnings, ${counts.skipped} skipped in ${(report.durationMs / 1000).toFixed(1)} s`,
    '',
  ].join('\n')
}
