import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import {
  certify as runSuite,
  countResults,
  type CertificationReport,
  type CheckResult,
} from '@bizq/certification'
import { createSandbox } from '@bizq/sandbox'
import { buildProvider, type BuiltProvider } from '../build.ts'
import { readCases, readDocuments } from '../certification-inputs.ts'
import { exitCodes } from '../command-error.ts'
import type { Output } from '../output.ts'

const shownFindings = 3

/** Makes the platform's checks on what was built, with the folder's documents and cases. */
export async function certifyBuilt(
  out: Output,
  folder: string,
  { manifest, bundle }: BuiltProvider,
): Promise<CertificationReport> {
  const root = resolve(folder)
  const [documents, cases] = await Promise.all([readDocuments(root), readCases(root)])
  const sandbox = createSandbox({ maxProcesses: 2 })
  const progress = out.progress('certifying')
  try {
    return await runSuite({
      manifest,
      bundle,
      documents,
      cases,
      sandbox,
      onProgress: ({ done, total }) => progress.update(done, total),
    })
  } finally {
    progress.end()
    await sandbox.close()
  }
}

function wordsForResult({ id, severity, title, findings, howToMend }: CheckResult, out: Output): string[] {
  const isError = severity === 'error'
  const shown = findings
    .slice(0, shownFindings)
    .flatMap(({ pointer, detail, expected, input }) => [
      `    ${[pointer, detail].filter(Boolean).join(': ')}${input ? ` (on: ${input})` : ''}`,
      ...(expected ? [`      expected ${expected}`] : []),
    ])
  const more = findings.length - shownFindings
  return [
    `${out.paint(isError ? 'red' : 'yellow', isError ? 'FAILED ' : 'WARNING')} ${out.paint('bold', id)}: ${title}`,
    ...shown,
    ...(more > 0 ? [`    … and ${more} more`] : []),
    ...(howToMend ? [`    → ${howToMend}`] : []),
  ]
}

function wordsFor(report: CertificationReport, out: Output): string {
  const { passed, errors, warnings, skipped } = countResults(report)
  const isPassed = report.verdict === 'passed'
  const counts = `${passed} passed, ${errors} failed, ${warnings} warnings, ${skipped} skipped`
  return [
    ...report.results
      .filter(({ outcome }) => outcome === 'failed')
      .flatMap((result) => wordsForResult(result, out)),
    `${out.paint(isPassed ? 'green' : 'red', isPassed ? 'PASSED' : 'FAILED')} ${report.service} ${report.version}, suite ${report.suite} (${report.profiles.join(', ')}): ${counts} in ${(report.durationMs / 1_000).toFixed(1)} s`,
  ].join('\n')
}

/** Builds and certifies. Exit code 1 when a check failed that keeps a release from being listed. */
export async function certify(out: Output, folder: string, options: { report?: string[] }): Promise<number> {
  const report = await certifyBuilt(out, folder, await buildProvider(folder))
  for (const file of options.report ?? []) {
    await writeFile(file, `${JSON.stringify(report, null, 2)}\n`)
    out.note(`Wrote ${file}.`)
  }
  out.result(report, wordsFor(report, out))
  return report.verdict === 'passed' ? exitCodes.ok : exitCodes.failed
}
