import { z } from 'zod'

/** A calendar day, `YYYY-MM-DD` (RFC 3339 full-date). */
export const PlainDate = z.iso.date()
export type PlainDate = z.infer<typeof PlainDate>

/** An instant in UTC, `2026-11-20T09:30:00.000Z` (RFC 3339 date-time with `Z`). */
export const Instant = z.iso.datetime()
export type Instant = z.infer<typeof Instant>
