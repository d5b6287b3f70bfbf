import { resolve } from 'node:path'
import type { Schemas } from '@bizq/client'
import { sha256 } from '@bizq/sdk/contract/host'
import { buildProvider, type BuiltProvider } from '../build.ts'
import { readCases, readDocuments } from '../certification-inputs.ts'
import { CommandError, exitCodes } from '../command-error.ts'
import type { Output } from '../output.ts'
import { changeWords } from '../rollout-words.ts'
import { answerOf, openSession, type Session } from '../session/api.ts'

interface Options {
  platform?: string
  skipCertify: boolean
  hold?: boolean
  stage?: boolean
  canary?: string
  hours: string
}

const usage = (message: string) => new CommandError(message, { exitCode: exitCodes.usage, code: 'usage' })

type Publication = NonNullable<Schemas['NewRelease']['publication']>

/** What becomes of the release once it is certified. */
function publicationOf({ hold, stage, canary, hours }: Options): Publication {
  if ([hold, stage, canary].filter(Boolean).length > 1)
    throw usage('Give one of --hold, --stage and --canary.')
  if (hold) return { kind: 'hold' }
  if (stage) return { kind: 'stage' }
  if (canary === undefined) return { kind: 'all' }
  return {
    kind: 'canary',
    percent: wholeNumber('--canary', canary, 50),
    hours: wholeNumber('--hours', hours, 336),
  }
}

function wholeNumber(option: string, given: string, most: number): number {
  const value = Number(given)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw usage(`${option} takes a whole number from 1 to ${most}, not ${given}.`)
}

async function takeName({ api }: Session, service: string, out: Output): Promise<void> {
  const { items } = await answerOf(api.GET('/provider/services'))
  if (items.some((each) => each.service === service)) return
  await answerOf(api.POST('/provider/services', { body: { service } }))
  out.note(`Took the name ${service} for your organisation.`)
}

/** Submits what was built, with the folder's documents and cases: the platform's checks look at them too. */
async function submit(
  { api }: Session,
  folder: string,
  { manifest, bundle }: BuiltProvider,
  publication: Publication,
): Promise<Schemas['Release']> {
  const [{ screenshots = [], ...texts }, cases] = await Promise.all([
    readDocuments(folder),
    readCases(folder),
  ])
  const body = {
    manifest: manifest as unknown as Schemas['NewRelease']['manifest'],
    bundle,
    documents: {
      ...texts,
      screenshots: screenshots.map((image) => image.toBase64()),
    } as NonNullable<Schemas['NewRelease']['documents']>,
    cases: cases as NonNullable<Schemas['NewRelease']['cases']>,
    publication,
  }
  const params = { path: { service: manifest.service } }
  const headers = { 'idempotency-key': `publish-${sha256(JSON.stringify(body))}` }
  return answerOf(api.POST('/provider/services/{service}/releases', { params, headers, body }))
}

/** What comes next for a release in this state. */
function nextFor({ state, review }: Schemas['Release'], service: string): string {
  if (state === 'published') return 'It is in the catalogue.'
  if (state === 'staged')
    return `It runs for your test operators, and for the canary if you began one: bizq status ${service}.`
  if (state === 'certified')
    return 'It is certified and runs for nobody yet: publish, stage or begin a canary in the portal.'
  if (state === 'submitted' && review) {
    const who = review.certifiers === 1 ? 'a certifier' : `${review.certifiers} certifiers`
    const why = review.reasons.map(({ detail }) => `  ${detail}`)
    return [
      `It passed the checks and waits for ${who}:`,
      ...why,
      `bizq status ${service} says how it goes.`,
    ].join('\n')
  }
  return state === 'draft'
    ? `It is not published: mend this and publish again. bizq status ${service} says more.`
    : `Look again with bizq status ${service}.`
}

function wordsFor(release: Schemas['Release'], service: string, out: Output): string {
  const failed = release.checks.filter(({ outcome }) => outcome === 'failed')
  const lines = failed.flatMap(({ rule, detail, mend }) => [
    `  ${out.paint('red', rule)}: ${detail}`,
    ...(mend ? [`    ${mend}`] : []),
  ])
  const head = `${service} ${release.version} is ${release.state} (${release.digest})`
  return [head, ...lines, ...changeWords(release), nextFor(release, service)].join('\n')
}

/** Builds, certifies here, and submits. Exit code 1 when checks failed, here or there. */
export async function publish(out: Output, folder: string, options: Options): Promise<number> {
  const publication = publicationOf(options)
  const session = await openSession(options.platform)
  const built = await buildProvider(folder)
  const { service, version } = built.manifest
  if (!options.skipCertify) {
    const { certifyBuilt } = await import('./certify.ts')
    const report = await certifyBuilt(out, folder, built)
    if (report.verdict !== 'passed') {
      throw new CommandError(
        `${service} ${version} does not pass certification here, so it was not submitted: bizq certify ${folder} says why.`,
        { code: 'certification-failed' },
      )
    }
  }
  await takeName(session, service, out)
  const release = await submit(session, resolve(folder), built, publication)
  out.result(release, wordsFor(release, service, out))
  return release.state === 'draft' ? exitCodes.failed : exitCodes.ok
}
