import { refusalCheck } from '../remote/refusal.ts'

export const check = refusalCheck({
  id: 'remote.signature-wrong',
  title: 'A request whose body was changed is refused',
  why: 'Anybody on the internet can send a request; only the platform can sign it.',
  howToMend:
    'Verify the signature over the exact bytes of the body, before it is read, comparing in constant time.',
  change: ({ headers, body }) => ({
    headers,
    body: body.replace('"version":"', '"version":"9'),
  }),
})
