import { writeFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import {
  certify as runSuite,
  toHtml,
  toJson,
  toJunit,
  toSarif,
  toTerminal,
  type CertificationReport,
} from '@bizq/certification'
import { createSandbox } from '@bizq/sandbox'
import { buildProvider, type BuiltProvider } from '../build.ts'
import { readCases, readDocuments } from '../certification-inputs.ts'
import { CommandError, exitCodes } from '../command-error.ts'
import type { Output } from '../output.ts'

/** What a report is written as, by the end of the file's name. */
const reporters: Readonly<Record<string, (report: CertificationReport) => string>> = {
  '.json': toJson,
  '.xml': toJunit,
  '.sarif': toSarif,
  '.html': toHtml,
}

function reporterFor(file: string): (report: CertificationReport) => string {
  const found = reporters[extname(file).toLowerCase()]
  if (found) return found
  const known = Object.keys(reporters).join(', ')
  throw new CommandError(`${file}: a report ends in one of ${known}.`, {
    exitCode: exitCodes.usage,
    code: 'usage',
  })
}

async function runHere(
  { manifest, bundle }: BuiltProvider,
  beside: Pick<Parameters<typeof runSuite>[0], 'documents' | 'cases'>,
  onProgress: (done: number, total: number) => void,
): Promise<CertificationReport> {
  const sandbox = createSandbox({ maxProcesses: 2 })
  try {
    return await runSuite({
      manifest,
      bundle,
      sandbox,
      ...beside,
      onProgress: ({ done, total }) => onProgress(done, total),
    })
  } finally {
    await sandbox.close()
  }
}

/** Makes the platform's checks on what was built, with the folder's documents and cases. */
export async function certifyBuilt(
  out: Output,
  folder: string,
  built: BuiltProvider,
): Promise<CertificationReport> {
  const root = resolve(folder)
  const [documents, cases] = await Promise.all([readDocuments(root), readCases(root)])
  const progress = out.progress('certifying')
  const { manifest } = built
  try {
    if (manifest.runtime.kind === 'sandbox')
      return await runHere(built, { documents, cases }, progress.update)
    const { certifyRemote } = await import('../certify-remote.ts')
    return await certifyRemote({ folder: root, manifest, documents, cases }, progress.update)
  } finally {
    progress.end()
  }
}

/** Builds and certifies. Exit code 1 when a check failed that keeps a release from being listed. */
export async function certify(out: Output, folder: string, options: { report?: string[] }): Promise<number> {
  const files = (options.report ?? []).map((file) => [file, reporterFor(file)] as const)
  const report = await certifyBuilt(out, folder, await buildProvider(folder))
  for (const [file, write] of files) {
    await writeFile(file, write(report))
    out.note(`Wrote ${file}.`)
  }
  out.result(report, toTerminal(report).trimEnd())
  return report.verdict === 'passed' ? exitCodes.ok : exitCodes.failed
}
