import { refusalCheck } from '../remote/refusal.ts'

export const check = refusalCheck({
  id: 'remote.signature-missing',
  title: 'A request without a signature is refused',
  why: 'A signature that is only checked where there is one protects nothing.',
  howToMend: 'Refuse with 401 where webhook-id, webhook-timestamp or webhook-signature is missing.',
  change({ headers, body }) {
    headers.delete('webhook-signature')
    return { headers, body }
  },
})
