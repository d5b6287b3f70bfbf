import type { BizqClient } from '@bizq/client'

/** What has really happened on the way to a first published service. */
export interface Progress {
  hasProfile: boolean
  hasSignedIn: boolean
  service: string | undefined
  hasSubmitted: boolean
  hasPassed: boolean
  hasPublished: boolean
  hasListing: boolean
}

export async function progressOf(api: BizqClient): Promise<Progress> {
  const [profile, consents, tokens, services] = await Promise.all([
    api.GET('/provider/profile'),
    api.GET('/consents'),
    api.GET('/tokens'),
    api.GET('/provider/services'),
  ])
  const found = await Promise.all(
    (services.data?.items ?? []).map(async ({ service }) => {
      const params = { path: { service } }
      const [releases, listing] = await Promise.all([
        api.GET('/provider/services/{service}/releases', { params }),
        api.GET('/provider/services/{service}/listing', { params }),
      ])
      return { service, releases: releases.data?.items ?? [], listing: listing.data }
    }),
  )
  const releases = found.flatMap((one) => one.releases)
  const isPast = (states: readonly string[]) => releases.some(({ state }) => states.includes(state))
  return {
    hasProfile: Boolean(profile.data?.country),
    hasSignedIn: [...(consents.data?.items ?? []), ...(tokens.data?.items ?? [])].length > 0,
    service: found[0]?.service,
    hasSubmitted: releases.length > 0,
    hasPassed: releases.some(
      ({ checks }) => checks.length > 0 && checks.every(({ outcome }) => outcome !== 'failed'),
    ),
    hasPublished: isPast(['published', 'deprecated']),
    hasListing: found.some(({ listing }) => Boolean(listing?.published)),
  }
}
