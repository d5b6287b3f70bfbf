import type { Actions } from '@sveltejs/kit'
import { listReports, makeReport } from '#lib/api/reports.ts'
import { keyOf, settled, text } from '@bizq/app-kit/forms.ts'
import { need } from '@bizq/app-kit/server.ts'
import type { PageServerLoad } from './$types'

const mostMonths = 24

/** The months of a subscription, newest first, in the time of its business. */
function monthsSince(since: string, timeZone: string): string[] {
  const first = Temporal.Instant.from(since).toZonedDateTimeISO(timeZone).toPlainDate().toPlainYearMonth()
  const months: string[] = []
  let month = Temporal.Now.plainDateISO(timeZone).toPlainYearMonth()
  while (Temporal.PlainYearMonth.compare(month, first) >= 0 && months.length < mostMonths) {
    months.push(month.toString())
    month = month.subtract({ months: 1 })
  }
  return months
}

export const load: PageServerLoad = async ({ locals, params, parent, url }) => {
  const reports = need(await listReports(locals.api, params.subscription), url).items
  const { subscription, business } = await parent()
  const months = monthsSince(subscription.createdAt, business.timeZone)
  const asked = url.searchParams.get('month')
  const month = asked && months.includes(asked) ? asked : (reports[0]?.month ?? months[0] ?? '')
  return { months, month, report: reports.find((one) => one.month === month) ?? null }
}

export const actions: Actions = {
  default: async ({ request, locals, params }) => {
    const form = await request.formData()
    const subscription = params['subscription'] ?? ''
    return settled(await makeReport(locals.api, subscription, text(form, 'month'), keyOf(form)), 'made')
  },
}
