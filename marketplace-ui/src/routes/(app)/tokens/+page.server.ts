import type { Actions } from '@sveltejs/kit'
import { createToken, listTokens, revokeToken, tokenScopes, type Role, type Scope } from '#lib/api/people.ts'
import { need } from '@bizq/app-kit/server.ts'
import { keyOf, refused, settled, text, texts } from '@bizq/app-kit/forms.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => ({
  tokens: need(await listTokens(locals.api), url).items,
  scopes: tokenScopes,
})

export const actions: Actions = {
  make: async ({ request, locals }) => {
    const form = await request.formData()
    const days = text(form, 'expiresInDays')
    const made = await createToken(
      locals.api,
      {
        name: text(form, 'name'),
        role: text(form, 'role') as Role,
        scopes: texts(form, 'scopes') as Scope[],
        ...(days ? { expiresInDays: Number(days) } : {}),
      },
      keyOf(form),
    )
    return made.problem ? refused(made.problem) : { made: made.data }
  },
  revoke: async ({ request, locals }) => {
    const form = await request.formData()
    return settled(await revokeToken(locals.api, text(form, 'token')), 'revoked')
  },
}
