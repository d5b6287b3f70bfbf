import { fork } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CertificationReport, Documents, SuppliedCase } from '@bizq/certification'
import type { Manifest } from '@bizq/sdk/contract'
import { bundleForNode, entryOf } from './bundle.ts'
import { CommandError } from './command-error.ts'

// Served without a port, beside the suite that calls it as the platform would, in a process of its own.
const program = `import { certify, openRemoteGround } from '@bizq/certification'
import { createSandbox } from '@bizq/sandbox'
import { createRemoteHandler } from '@bizq/sdk/remote'
import { createTestPlatform } from '@bizq/sdk/testing/platform'
import { readFileSync, writeFileSync } from 'node:fs'
const [givenFile, reportFile] = process.argv.slice(2)
const { manifest, cases, documents } = JSON.parse(readFileSync(givenFile, 'utf8'))
documents.screenshots = documents.screenshots.map((image) => Uint8Array.fromBase64(image))
const platform = await createTestPlatform()
const target = createRemoteHandler(definition, platform.options)
const sandbox = createSandbox({ maxProcesses: 1 })
const report = await certify({
  manifest, bundle: '', documents, cases, sandbox,
  remote: openRemoteGround({ platform, target }),
  onProgress: ({ done, total }) => process.send({ done, total }),
})
await sandbox.close()
writeFileSync(reportFile, JSON.stringify(report))
process.exit()`

interface Subject {
  folder: string
  manifest: Manifest
  documents: Documents
  cases: readonly SuppliedCase[]
}

function runProgram(
  file: string,
  args: string[],
  onProgress: (done: number, total: number) => void,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = fork(file, args, { silent: true })
    let said = ''
    child.stderr?.on('data', (part: Buffer) => (said = `${said}${part.toString()}`.slice(-4_000)))
    child.stdout?.resume()
    child.on('message', (told) => {
      const { done, total } = told as { done: number; total: number }
      onProgress(done, total)
    })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code === 0 ? undefined : said))
  })
}

/** Certifies a remote provider from its sources, called through the whole protocol on this machine. Rejects with a CommandError where it cannot be served. */
export async function certifyRemote(
  { folder, manifest, documents, cases }: Subject,
  onProgress: (done: number, total: number) => void,
): Promise<CertificationReport> {
  const scratch = await mkdtemp(join(tmpdir(), 'bizq-certify-'))
  const [file, givenFile, reportFile] = ['run.mjs', 'given.json', 'report.json'].map((name) =>
    join(scratch, name),
  ) as [string, string, string]
  const screenshots = (documents.screenshots ?? []).map((image) => image.toBase64())
  try {
    await writeFile(file, await bundleForNode(await entryOf(folder), program))
    await writeFile(givenFile, JSON.stringify({ manifest, cases, documents: { ...documents, screenshots } }))
    const failure = await runProgram(file, [givenFile, reportFile], onProgress)
    if (failure !== undefined) {
      throw new CommandError(`The provider cannot be served here:\n${failure}`, { code: 'cannot-be-served' })
    }
    return JSON.parse(await readFile(reportFile, 'utf8')) as CertificationReport
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
