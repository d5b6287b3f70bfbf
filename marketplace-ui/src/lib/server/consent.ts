import type { Consent, History } from '@bizq/sdk/contract'
import type { AskedDataset, Listing } from '#lib/api/catalogue.ts'

/** The consent that the address of the page says: everything asked for, less what was narrowed. */
export function consentOf(listing: Pick<Listing, 'data' | 'money'>, query: URLSearchParams): Consent {
  const left = new Set(query.getAll('without'))
  const asked = listing.data.filter((one) => !(one.isOptional && left.has(one.dataset)))
  const money = query.get('money')
  const hasPersonal = asked.some((one) => one.fields.some((field) => field.mask === 'withheld'))
  return {
    fields: Object.fromEntries(asked.map((one) => [one.dataset, one.fields.map((field) => field.name)])),
    money: money === 'exact' || money === 'scaled' ? money : listing.money.mode,
    history: Object.fromEntries(
      asked.flatMap((one) =>
        one.history ? [[one.dataset, narrower(one.history, query.get(`history.${one.dataset}`))]] : [],
      ),
    ),
    ...(hasPersonal && query.get('personal') === 'yes' ? { personal: true } : {}),
  }
}

const daysOf = (history: string) => Number.parseInt(history, 10)

function narrower(most: string, given: string | null): History {
  if (!given || !/^\d+d$/.test(given)) return most as History
  return (daysOf(given) < daysOf(most) ? given : most) as History
}

/** What is asked for with what of it is granted, and the windows to choose from. */
export function describeRequests(asked: readonly AskedDataset[], consent: Consent) {
  return asked.map((one) => ({
    ...one,
    isGranted: consent.fields[one.dataset] !== undefined,
    granted: consent.history[one.dataset] ?? null,
    windows: one.history ? windowsUpTo(one.history) : [],
  }))
}

function windowsUpTo(most: string): string[] {
  return [...['30d', '90d', '180d', '365d', '730d'].filter((one) => daysOf(one) < daysOf(most)), most]
}
