import { listBusinesses } from '#lib/api/businesses.ts'
import { getAbout, getAvailability, getOwnPrice, getQuality, getService } from '#lib/api/catalogue.ts'
import { listReviews } from '#lib/api/reviews.ts'
import { listSubscriptions } from '#lib/api/subscriptions.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const service = need(await getService(locals.api, params.service), url)
  const [about, reviews, quality, availability, own, businesses, subscriptions] = await Promise.all([
    getAbout(locals.api, service.id),
    listReviews(locals.api, service.id, { limit: 3 }),
    getQuality(locals.api, service.id),
    getAvailability(locals.api, service.id),
    getOwnPrice(locals.api, service.id),
    listBusinesses(locals.api, { limit: 200 }),
    listSubscriptions(locals.api, { service: service.id, limit: 200 }),
  ])
  const taken = new Map(
    subscriptions.data?.items.filter((one) => one.state !== 'cancelled').map((one) => [one.business, one.id]),
  )
  return {
    service,
    about: about.data && about.data.source !== 'manifest' ? about.data : null,
    reviews: reviews.data?.items ?? [],
    quality: quality.data ?? null,
    availability: availability.data ?? null,
    own: own.data ?? null,
    businesses:
      businesses.data?.items.map(({ id, name }) => ({ id, name, subscription: taken.get(id) ?? null })) ?? [],
  }
}
