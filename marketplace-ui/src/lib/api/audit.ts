import type { Schemas } from '@bizq/client'
import { answer, answerOf, type Api } from '@bizq/app-kit/transport.ts'

export const listAudit = (
  { client }: Api,
  query: { action?: string; subject?: string; cursor?: string; limit?: number },
) => answer(client.GET('/audit', { params: { query } }))
export const listAuditHeads = ({ client }: Api) => answer(client.GET('/audit/heads'))

/** Checks an exported log; with a signed head that was kept elsewhere, the log must reach it. */
export async function verifyAudit(api: Api, file: Blob, knownHead = '') {
  const query = knownHead ? `?${new URLSearchParams({ knownHead }).toString()}` : ''
  const response = await api.send(`/v1/audit/verification${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: file,
  })
  return answerOf<Schemas['AuditVerdict']>(response)
}
