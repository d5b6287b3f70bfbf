import type { Problem } from '@bizq/app-kit/transport.ts'
import { m } from '#lib/paraglide/messages.js'

/** What is said of keys that are no JSON. */
export const unreadable = (): Problem => ({
  type: 'about:blank',
  title: m.keys_wrong(),
  status: 422,
  errors: [{ pointer: '/jwks', detail: m.keys_unreadable() }],
})
