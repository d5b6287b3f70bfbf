import type { Plain, Range } from './plain.ts'
import type { KnownDataset, RedactedKind } from './segment.ts'

/** Something to take out of a plain text, and the record it names where that is known. */
export interface Found extends Range {
  kind: RedactedKind
  record?: { dataset: KnownDataset; id: string }
}

export type Detector = (plain: Plain, country: string | undefined) => Found[]

const wordUnit = /[\p{L}\p{M}\p{N}]/u

export function isWordUnit(unit: string | undefined): boolean {
  if (unit === undefined || unit === '') return false
  const code = unit.charCodeAt(0)
  if (code < 0x80)
    return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
  return wordUnit.test(unit)
}

export function isDigit(unit: string | undefined): boolean {
  return unit !== undefined && unit >= '0' && unit <= '9' && unit.length === 1
}
