import { ActionType } from '@bizq/sdk/contract'
import { error, redirect, type Actions } from '@sveltejs/kit'
import { listBusinesses } from '#lib/api/businesses.ts'
import { listServices } from '#lib/api/catalogue.ts'
import { deletePolicy, listPolicies, putPolicy, tryPolicy } from '#lib/api/policies.ts'
import { need } from '@bizq/app-kit/server.ts'
import { keyOf, refused, text } from '@bizq/app-kit/forms.ts'
import { newPolicyId, readPolicy } from '#lib/server/policy-form.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const isNew = params.policy === 'new'
  const [policies, services, businesses] = await Promise.all([
    listPolicies(locals.api),
    listServices(locals.api, { limit: 200 }),
    listBusinesses(locals.api, { limit: 200 }),
  ])
  const policy = need(policies, url).items.find((one) => one.id === params.policy)
  if (!policy && !isNew) error(404, { message: 'There is no such policy' })
  return {
    policy: policy ?? null,
    id: policy?.id ?? newPolicyId(),
    actionTypes: ActionType.options,
    services: services.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [],
    businesses: businesses.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [],
  }
}

export const actions: Actions = {
  save: async ({ request, locals }) => {
    const form = await request.formData()
    const policy = readPolicy(form)
    const saved = await putPolicy(locals.api, text(form, 'id'), policy)
    if (saved.problem) return { ...refused(saved.problem).data, given: policy }
    redirect(303, '/policies')
  },
  try: async ({ request, locals }) => {
    const form = await request.formData()
    const policy = readPolicy(form)
    // What is tried is what it would do when it is switched on.
    const tried = await tryPolicy(locals.api, text(form, 'id'), { ...policy, isEnabled: true }, keyOf(form))
    if (tried.problem) return { ...refused(tried.problem).data, given: policy }
    return { trial: tried.data, given: policy }
  },
  remove: async ({ locals, params }) => {
    const answer = await deletePolicy(locals.api, params['policy'] ?? '')
    if (answer.problem) return refused(answer.problem)
    redirect(303, '/policies')
  },
}
