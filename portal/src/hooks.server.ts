import type { Handle, HandleServerError } from '@sveltejs/kit/hooks'
import { openToStripe } from '#lib/server/content-policy.ts'
import { paraglideMiddleware } from '#lib/paraglide/server.js'
import { apiOf, readMe, type Me } from '#lib/server/api.ts'

export const handle: Handle = ({ event, resolve }) =>
  paraglideMiddleware(event.request, async ({ locale }) => {
    const theme = event.cookies.get('theme')
    event.locals.theme = theme === 'light' || theme === 'dark' ? theme : 'system'
    let me: Promise<Me> | undefined
    event.locals.me = () => (me ??= readMe(event))
    event.locals.api = (kind) => apiOf(event, kind)
    const response = await resolve(event, {
      transformPageChunk: ({ html }) => html.replace('%lang%', locale).replace('%theme%', event.locals.theme),
      preload: ({ type, path }) => type === 'js' || type === 'css' || path.includes('inter-latin-wght'),
    })
    if (event.route.id === '/provider/payouts/onboarding') openToStripe(response.headers)
    response.headers.set('referrer-policy', 'same-origin')
    response.headers.set('x-content-type-options', 'nosniff')
    return response
  })

export const handleError: HandleServerError = ({ kind, error, event }) => {
  if (kind !== 'unknown') return
  const requestId = event.request.headers.get('x-request-id') ?? crypto.randomUUID()
  console.error(`${requestId} ${event.request.method} ${event.url.pathname}`, error)
  return { requestId }
}
