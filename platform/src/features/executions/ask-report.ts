import { randomUUID } from 'node:crypto'
import { encodeId, idPrefixes, ProviderReport, type ReportInput, type RemoteReport } from '@bizq/sdk/contract'
import { sha256 } from '@bizq/sdk/contract/host'
import type { Deps } from '../../deps.ts'
import type { BusinessRow } from '../businesses/index.ts'
import type { OpenGrant } from '../subscriptions/index.ts'
import { plainText } from './plain-text.ts'
import { endpointOf } from './remote.ts'
import { signRequest } from './remote-signing.ts'
import * as remotes from './remote-store.ts'
import { limitsOf } from './request.ts'
import { findSoundBundle } from './run.ts'

/** What a service said of a month, its money still masked; or why it said nothing that can be taken. */
export type Asked = { report: ProviderReport } | { problem: string }

export interface Asking {
  grant: OpenGrant
  business: Pick<BusinessRow, 'time_zone' | 'locale'>
  service: string
  /** As the grant masks it. */
  input: ReportInput
}

/** Asks a service for its report of a month, bounded as an execution is: in the sandbox, or on its provider's server. Undefined where it makes none. */
export async function askForReport(deps: Deps, asking: Asking): Promise<Asked | undefined> {
  const { manifest } = asking.grant.release
  if (!manifest.report) return undefined
  const said =
    manifest.runtime.kind === 'remote' ? await askRemote(deps, asking) : await askBundle(deps, asking)
  if (said === undefined || 'problem' in said) return said
  const parsed = ProviderReport.safeParse(said.answer)
  if (parsed.success) return { report: parsed.data }
  const [first] = parsed.error.issues
  return {
    problem: plainText(`Its report is not right at /${first?.path.join('/') ?? ''}: ${first?.message ?? ''}`),
  }
}

type Said = { answer: unknown } | { problem: string } | undefined

async function askBundle(deps: Deps, { grant, business, input }: Asking): Promise<Said> {
  const bundle = await findSoundBundle(deps, grant.release)
  if (bundle === undefined) return { problem: 'What is stored of its release is not what was published.' }
  const { from, to } = input.period
  const result = await deps.sandbox
    .run({
      release: grant.release.digest,
      bundle,
      call: 'report',
      input: JSON.stringify(input),
      seed: sha256(`${grant.id} ${from}`),
      now: Temporal.PlainDate.from(to).add({ days: 1 }).toZonedDateTime(business.time_zone).epochMilliseconds,
      timeZone: business.time_zone,
      locale: business.locale,
      limits: limitsOf(grant),
      organisation: grant.organisation,
      personalData: grant.release.manifest.handlesPersonalData === true,
    })
    .catch((error: unknown) => {
      deps.log.error({ err: error }, 'the sandbox could not run a report')
    })
  if (!result) return { problem: 'The sandbox could not run it.' }
  if (result.outcome !== 'succeeded') return { problem: `Its report ${result.outcome}.` }
  return parsed(result.output)
}

async function askRemote(deps: Deps, { grant, service, input }: Asking): Promise<Said> {
  const { slug, version } = grant.release
  const given: RemoteReport = {
    grant: encodeId(idPrefixes.grant, grant.id),
    service: slug,
    version,
    ...input,
  }
  const body = JSON.stringify(given)
  const generation = await remotes.findGeneration(deps.directory, service)
  const signed = { id: `${idPrefixes.monthlyReport}_${randomUUID()}`, at: new Date(), body }
  const result = await deps.outgoing.call(`${(endpointOf(grant.release) ?? '').replace(/\/+$/, '')}/report`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'BizQ-Executions/1',
      ...signRequest(deps.keyring, { service, generation }, signed),
    },
    body,
  })
  if (!result.isAnswered) return { problem: `Its server could not be asked: ${result.failure.detail}.` }
  if (result.status === 404) return undefined
  if (result.status !== 200) return { problem: `Its server answered ${result.status}.` }
  return parsed(result.body)
}

function parsed(text: string): Said {
  try {
    return { answer: JSON.parse(text) as unknown }
  } catch {
    return { problem: 'Its report is no JSON.' }
  }
}
