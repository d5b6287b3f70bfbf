import { idPrefixes, idSchema } from '@bizq/sdk/contract'
import { z } from '@hono/zod-openapi'
import { PageQuery } from '../../http/pagination.ts'

const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/)
const share = z.number().min(0).max(1)

const MeasuredMonth = z.object({
  month: Month,
  availability: share.or(z.null()).openapi({
    description:
      '1 − minutes down / minutes of the month; null where fewer than five subscribers stand behind it.',
  }),
})

export const Availability = z
  .object({
    promised: share.openapi({ description: 'Below it a part of the month’s price is given back.' }),
    credits: z.array(z.object({ below: share, percent: z.int() })).openapi({
      description: 'What a month below is credited with, in percent of its price; the last that applies.',
    }),
    months: z
      .array(MeasuredMonth)
      .openapi({ description: 'Of the last twelve that are over, the newest first.' }),
  })
  .openapi('Availability')
export type Availability = z.infer<typeof Availability>

export const ServiceAvailability = z
  .object({
    service: z.object({ id: idSchema(idPrefixes.service), slug: z.string(), name: z.string() }),
    provider: z.object({ id: idSchema(idPrefixes.organisation), name: z.string() }),
    month: Month,
    availability: share,
    minutesDown: z.int(),
    subscribers: z.int(),
  })
  .openapi('ServiceAvailability')
export type ServiceAvailability = z.infer<typeof ServiceAvailability>

export const AvailabilityQuery = PageQuery.extend({
  month: Month.optional().openapi({ description: 'The last that is over, if left out.' }),
})
export type AvailabilityQuery = z.infer<typeof AvailabilityQuery>
