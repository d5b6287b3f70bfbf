import type { Consent } from '@bizq/sdk/contract'
import { redirect, type Actions } from '@sveltejs/kit'
import { getBusiness, listBusinesses } from '#lib/api/businesses.ts'
import { getOwnPrice, getService, previewGrant } from '#lib/api/catalogue.ts'
import {
  consentToRelease,
  createSubscription,
  getPersonalConsent,
  getSubscription,
} from '#lib/api/subscriptions.ts'
import { need } from '@bizq/app-kit/server.ts'
import { consentOf, describeRequests, nameRows, personalOf } from '#lib/server/consent.ts'
import { keyOf, refused, text, texts } from '@bizq/app-kit/forms.ts'
import { readSettings } from '#lib/server/settings-form.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const service = need(await getService(locals.api, params.service), url)
  const business = url.searchParams.get('business')
  if (!business) {
    const businesses = need(await listBusinesses(locals.api, { limit: 200 }), url)
    return {
      service,
      businesses: businesses.items,
      business: null,
      preview: null,
      own: null,
      problem: null,
      standing: null,
      before: [],
      consent: null,
      requests: [],
    }
  }
  const consent: Consent = consentOf(service, url.searchParams)
  const release = url.searchParams.get('release') ?? undefined
  const [found, own, preview] = await Promise.all([
    getBusiness(locals.api, business),
    getOwnPrice(locals.api, params.service, release),
    previewGrant(locals.api, params.service, { business, consent, ...(release ? { release } : {}) }),
  ])
  const standing = preview.data?.subscription
  return {
    service,
    businesses: [],
    business: need(found, url),
    preview: preview.data ? await nameRows(locals.api, business, preview.data) : null,
    own: own.data ?? null,
    problem: preview.problem ?? null,
    standing: standing ? need(await getSubscription(locals.api, standing), url) : null,
    before: standing ? need(await getPersonalConsent(locals.api, standing), url).fields : [],
    consent,
    requests: describeRequests(service.data, consent),
  }
}

export const actions: Actions = {
  default: async ({ request, locals, params, url }) => {
    const form = await request.formData()
    const service = need(await getService(locals.api, params['service'] ?? ''), url)
    const agreed = {
      preview: text(form, 'preview'),
      settings: readSettings(service.settings, form),
      personal: personalOf(texts(form, 'agree')),
    }
    const standing = text(form, 'subscription')
    const made = standing
      ? await consentToRelease(locals.api, standing, agreed, keyOf(form))
      : await createSubscription(locals.api, agreed, keyOf(form))
    if (made.problem) return refused(made.problem)
    redirect(303, `/subscriptions/${made.data.id}${standing ? '' : '?new=1'}`)
  },
}
