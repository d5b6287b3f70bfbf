import { encodeId, idPrefixes, namedFields, ReceiptClaims, type ExecutionOutcome } from '@bizq/sdk/contract'
import { canonicalJson } from '@bizq/sdk/contract'
import { sha256 } from '@bizq/sdk/contract/host'
import { sandboxVersions } from '@bizq/sandbox'
import type { Deps } from '../../deps.ts'
import { seedOf } from './input.ts'
import type { Claimed } from './run.ts'

export interface Signed {
  outcome: ExecutionOutcome
  outputDigest: string | null
  startedAt: Date
  endedAt: Date
}

const ownVersions = {
  sandbox: sandboxVersions.sandbox,
  node: sandboxVersions.node,
  v8: sandboxVersions.v8,
  icu: sandboxVersions.icu,
  tz: sandboxVersions.tzdata,
}
/** Of a provider's own server nothing can be said. */
const unknownVersions = { sandbox: 'remote', node: 'remote', v8: 'remote', icu: 'remote', tz: 'remote' }

/** Signs what was run, on what, in which world, and what came of it. */
export async function signReceipt(
  deps: Pick<Deps, 'signer' | 'config'>,
  { row, grant, business, now }: Claimed,
  signed: Signed,
): Promise<string> {
  const claims: ReceiptClaims = {
    iss: deps.config.publicUrl,
    sub: encodeId(idPrefixes.execution, row.id),
    iat: Math.floor(signed.endedAt.getTime() / 1_000),
    service: encodeId(idPrefixes.service, row.service_id),
    version: grant.release.version,
    release: grant.release.digest,
    grant: encodeId(idPrefixes.grant, grant.id),
    input: row.input_digest ?? '',
    ...personalOf(grant),
    settings: sha256(canonicalJson(row.settings)),
    state: sha256(canonicalJson(row.state_before)),
    output: signed.outputDigest,
    seed: seedOf(row.id),
    frozenAt: now.toISOString(),
    timeZone: business.time_zone,
    locale: business.locale,
    limits: row.limits ?? {},
    versions: grant.release.manifest.runtime.kind === 'remote' ? unknownVersions : ownVersions,
    startedAt: signed.startedAt.toISOString(),
    endedAt: signed.endedAt.toISOString(),
    outcome: signed.outcome,
  }
  return deps.signer.sign('bizq-receipt', ReceiptClaims.parse(claims))
}

/** The personal fields of the datasets that were read. */
function personalOf({ consent, fields }: Claimed['grant']): Pick<ReceiptClaims, 'personal'> {
  const named = namedFields(consent.personal).filter(({ dataset }) => fields[dataset])
  return named.length > 0 ? { personal: named.map(({ dataset, field }) => `${dataset}.${field}`) } : {}
}

/** The claims of a receipt, unverified: it was signed here. */
export function readClaims(jws: string): ReceiptClaims {
  return ReceiptClaims.parse(JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()))
}
