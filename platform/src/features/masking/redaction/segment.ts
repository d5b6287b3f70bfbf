/** What a redacted part of a text was. */
export type RedactedKind =
  | 'person'
  | 'email'
  | 'phone'
  | 'card'
  | 'iban'
  | 'address'
  | 'account'
  | 'tax-number'
  | 'national-id'
  | 'birth-date'
  | 'ip'
  | 'url'

export type KnownDataset = 'customers' | 'suppliers'

/** A stretch of redacted text: words that stay, what was taken out, or a record of the business that was named. */
export type Segment = { text: string } | { redacted: RedactedKind } | { dataset: KnownDataset; id: string }

/** The text as a reader may see it: `[person]` for what was taken out, `pseudonym(dataset, id)` for a record. */
export function assemble(
  segments: readonly Segment[],
  pseudonym: (dataset: KnownDataset, id: string) => string,
): string {
  return segments
    .map((segment) => {
      if ('text' in segment) return segment.text
      if ('redacted' in segment) return `[${segment.redacted}]`
      return pseudonym(segment.dataset, segment.id)
    })
    .join('')
}
