import type { Handle } from '@sveltejs/kit/hooks'
import { paraglideMiddleware } from '#lib/paraglide/server.js'
import { apiOf } from '#lib/server/api.ts'

export const handle: Handle = ({ event, resolve }) =>
  paraglideMiddleware(event.request, ({ locale }) => {
    const theme = event.cookies.get('theme')
    event.locals.theme = theme === 'light' || theme === 'dark' ? theme : 'system'
    event.locals.api = (organisation) => apiOf(event, organisation)
    return resolve(event, {
      transformPageChunk: ({ html }) => html.replace('%lang%', locale).replace('%theme%', event.locals.theme),
      preload: ({ type, path }) => type === 'js' || type === 'css' || path.includes('inter-latin-wght'),
    })
  })
