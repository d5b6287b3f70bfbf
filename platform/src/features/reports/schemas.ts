import { z } from '@hono/zod-openapi'
import { idPrefixes, idSchema, Money } from '@bizq/sdk/contract'
import { SubscriptionId } from '../subscriptions/index.ts'

export const ReportMonth = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-10')
  .openapi({ description: 'A month in the time of the business, such as 2026-10.' })

export const NewMonthlyReport = z.object({ month: ReportMonth }).openapi('NewMonthlyReport')

export const MonthlyReport = z
  .object({
    id: idSchema(idPrefixes.monthlyReport),
    subscription: SubscriptionId,
    month: ReportMonth,
    source: z.enum(['service', 'platform']).openapi({ description: 'Whose words these are.' }),
    version: z.string().openapi({ description: 'The release that was asked.' }),
    problem: z
      .string()
      .nullable()
      .openapi({ description: 'Why the service said nothing that can be shown.' }),
    kpis: z.array(
      z.object({ name: z.string(), value: z.union([z.number(), Money]), change: z.number().nullable() }),
    ),
    improvements: z.array(z.string()),
    savings: z.array(z.object({ what: z.string(), amount: Money })),
    nextActions: z.array(z.string()),
    madeAt: z.iso.datetime(),
  })
  .openapi('MonthlyReport')
