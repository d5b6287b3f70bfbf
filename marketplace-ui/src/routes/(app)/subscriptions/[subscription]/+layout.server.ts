import { getBusiness } from '#lib/api/businesses.ts'
import { listStandingNotices } from '#lib/api/disputes.ts'
import { getSubscription } from '#lib/api/subscriptions.ts'
import { listMessages } from '#lib/api/threads.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async ({ locals, params, url, depends }) => {
  depends('bizq:subscriptions', 'bizq:messages')
  const subscription = need(await getSubscription(locals.api, params.subscription), url)
  const [business, messages, standing] = await Promise.all([
    getBusiness(locals.api, subscription.business),
    listMessages(locals.api, params.subscription, { limit: 1 }),
    listStandingNotices(locals.api, { service: subscription.service.id }),
  ])
  return {
    subscription,
    business: need(business, url),
    unread: messages.data?.thread.unread ?? 0,
    platformNotices: standing.data?.items ?? [],
  }
}
