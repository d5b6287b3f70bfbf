import { answerOf, call, type Api, type List, type Query } from './transport.ts'

export interface AuditEntry {
  /** Its place in the chain; null until it is sealed. */
  sequence: number | null
  id: string
  at: string
  actor: { kind: string; id: string | null; name?: string | null }
  action: string
  subject: unknown
  hash: string | null
}

export interface AuditVerdict {
  isWhole: boolean
  entries: number
  heads: number
  completeAt: string | null
  faults: { line: number; fault: string; detail: string }[]
}

export const listAudit = (api: Api, query: Query = {}) =>
  call<List<AuditEntry>>(api, 'GET', '/v1/audit', { query })
export const listAuditHeads = (api: Api) =>
  call<List<{ sequence: number; hash: string; at: string; jws: string }>>(api, 'GET', '/v1/audit/heads')

/** Checks an exported log; the file goes through as it is, without being held here. */
export async function verifyAudit(api: Api, file: ReadableStream<Uint8Array> | Blob) {
  const response = await api.send('/v1/audit/verification', {
    method: 'POST',
    headers: { 'content-type': 'application/jsonl' },
    body: file,
    duplex: 'half',
  })
  return answerOf<AuditVerdict>(response)
}
