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
  const eased = compareConsent(next, before.manifest).reasons.flatMap((reason) => {
    const words = easedInWords(reason)
    return words ? [words] : []
  })
  return {
    comparedWith: before.version,
    isMajor: major,
    changes: [...reasons.map(({ detail }) => detail), ...eased],
  }
}

/** The reason why going back would be major, as what going forward gives up. */
function easedInWords({ code, detail }: MajorReason): string | undefined {
  const words: Record<MajorReason['code'], string | undefined> = {
    'new-dataset': detail.replace('it now reads', 'it no longer reads'),
    'new-field': detail.replace('it now reads', 'it no longer reads'),
    'dataset-required': detail.replace('it can no longer do without', 'it can now do without'),
    'longer-window': undefined,
    'new-action': detail.replace('it may now propose', 'it no longer proposes'),
    'higher-maximum': detail.replace('rises', 'falls'),
    'exact-money': 'it no longer asks for exact amounts',
    'personal-data': 'it no longer asks for personal data',
    'remote-runtime': undefined,
    'higher-price': detail.replace('rises', 'falls'),
  }
  return words[code]
}
