import { compareConsent, type Manifest, type MajorReason } from '@bizq/sdk/contract'

interface Versioned {
  id: string
  version: string
  manifest: Manifest
  published_at: Date | null
}

/** The release before this one that subscribers may have: of those that were offered to everybody, the newest below it. `all` is newest first. */
export function basisOf<R extends Versioned>(all: readonly R[], row: Versioned): R | undefined {
  const place = all.findIndex(({ id }) => id === row.id)
  return all.slice(place + 1).find((each) => each.published_at !== null && !each.version.includes('-'))
}

export interface Changes {
  /** The version that it is compared with; null for the first. */
  comparedWith: string | null
  /** Whether each subscriber has to agree to it. */
  isMajor: boolean
  /** What it asks for beyond that version, then what it no longer asks for. */
  changes: string[]
}

/** What a release changes for those who have the one before it, in words. */
export function changesOf(
  before: Pick<Versioned, 'version' | 'manifest'> | undefined,
  next: Manifest,
): Changes {
  if (!before) return { comparedWith: null, isMajor: false, changes: [] }
  const { major, reasons } = compareConsent(before.manifest, next)
  const eased = compareConsent(next, before.manifest).reasons.flatMap((reason) =>
    easedInWords(reason, before.manifest, next),
  )
  return {
    comparedWith: before.version,
    isMajor: major,
    changes: [...reasons.map(({ detail }) => detail), ...eased],
  }
}

/** The reason why going back would be major, as what going forward gives up. */
function easedInWords({ code, detail }: MajorReason, before: Manifest, next: Manifest): string[] {
  switch (code) {
    case 'new-dataset':
    case 'new-field':
      return [detail.replace('it now reads', 'it no longer reads')]
    case 'dataset-required':
      return [detail.replace('it can no longer do without', 'it can now do without')]
    case 'new-action':
      return [detail.replace('it may now propose', 'it no longer proposes')]
    case 'higher-maximum':
      return [detail.replace('rises', 'falls')]
    case 'exact-money':
      return ['it no longer asks for exact amounts']
    case 'personal-data':
      return easedPersonal(detail)
    case 'higher-price':
      return [cheaperInWords(before.pricing.monthly, next.pricing.monthly)]
    case 'longer-window':
    case 'remote-runtime':
      return []
  }
}

/** That a purpose is another one is said once, of the release that changes it. */
function easedPersonal(detail: string): string[] {
  if (detail.includes('for something else')) return []
  return [
    detail
      .replace(/^it now asks for/, 'it no longer asks for')
      .replace('it can no longer do without', 'it can now do without')
      .replace(/: “.*”$/, ''),
  ]
}

type Price = Manifest['pricing']['monthly']

function cheaperInWords(before: Price, next: Price): string {
  const isLess = before && next && before.currency === next.currency && next.amount < before.amount
  return isLess
    ? `its price falls from ${inMoney(before)} to ${inMoney(next)} a month, for everybody`
    : 'it costs less for some of what it counts, for everybody'
}

function inMoney({ amount, currency }: NonNullable<Price>): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}
