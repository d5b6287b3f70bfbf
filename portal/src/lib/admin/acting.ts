import { keyOf, refused, settled, text } from '@bizq/app-kit/forms.ts'
import { answer, once } from '@bizq/app-kit/transport.ts'
import type { BizqClient, Schemas } from '@bizq/client'

/** Answers an objection from its form. */
export async function answerObjection(api: BizqClient, form: FormData) {
  const path = { act: text(form, 'act') }
  const body = { words: text(form, 'words') }
  return settled(
    await answer(api.POST('/admin/acts/{act}/answer', { params: { path }, body, ...once(keyOf(form)) })),
    'answered',
  )
}

/** Does what the form of a service says. */
export async function actOnService(api: BizqClient, service: string, form: FormData) {
  const body = {
    kind: text(form, 'kind') as Schemas['ServiceAct']['kind'],
    code: text(form, 'code') as Schemas['PlatformActCode'],
    words: text(form, 'words'),
  }
  const params = { path: { service } }
  const done = await answer(
    api.POST('/admin/services/{service}/acts', { params, body, ...once(keyOf(form)) }),
  )
  return done.problem ? refused(done.problem, body, 'act') : { done: 'acted' }
}

/** Does what the form of an organisation says. */
export async function actOnOrganisation(api: BizqClient, organisation: string, form: FormData) {
  const body = {
    kind: text(form, 'kind') as Schemas['OrganisationAct']['kind'],
    code: text(form, 'code') as Schemas['PlatformActCode'],
    words: text(form, 'words'),
  }
  const params = { path: { organisation } }
  const done = await answer(
    api.POST('/admin/organisations/{organisation}/acts', { params, body, ...once(keyOf(form)) }),
  )
  return done.problem ? refused(done.problem, body, 'act') : { done: 'acted' }
}
