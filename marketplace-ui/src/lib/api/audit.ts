import type { Schemas } from '@bizq/client'
import { answer, answerOf, type Api } from './transport.ts'

export const listAudit = (
  { client }: Api,
  query: { action?: string; subject?: string; cursor?: string; limit?: number },
) => answer(client.GET('/audit', { params: { query } }))
export const listAuditHeads = ({ client }: Api) => answer(client.GET('/audit/heads'))

/** Checks an exported log. */
export async function verifyAudit(api: Api, file: Blob) {
  const response = await api.send('/v1/audit/verification', {
    method: 'POST',
    headers: { 'content-type': 'application/jsonl' },
    body: file,
  })
  return answerOf<Schemas['AuditVerdict']>(response)
}
