import type { ProviderReport, ReportHistory } from '@bizq/sdk'

const invoices = (count: number) => `${count} invoice${count === 1 ? '' : 's'}`
const reminders = (count: number) => `${count} reminder${count === 1 ? '' : 's'}`

/** What a month came to. Money that came in after a reminder is told as that: whether it would have come anyway nobody knows, so nothing is a saving. */
export function reportOf({ executions, actions }: ReportHistory): ProviderReport {
  const of = (...decisions: string[]) => actions.filter(({ decision }) => decisions.includes(decision))
  const sent = of('approved', 'edited')
  const paid = sent.filter(({ measured }) => measured !== null)
  const sums = [
    ...Map.groupBy(
      paid.flatMap(({ measured }) => measured ?? []),
      ({ currency }) => currency,
    ),
  ]
  const late = executions.findLast(({ metrics }) => typeof metrics['lateInvoices'] === 'number')
  return {
    kpis: [
      { name: 'Reminders proposed', value: actions.length },
      { name: 'Reminders accepted', value: sent.length },
      { name: 'Invoices paid within 30 days of a reminder', value: paid.length },
      ...sums.map(([currency, amounts]) => ({
        name: `Paid within 30 days of a reminder (${currency})`,
        value: { amount: amounts.reduce((sum, { amount }) => sum + amount, 0), currency },
      })),
      ...(late ? [{ name: 'Late invoices at the end', value: Number(late.metrics['lateInvoices']) }] : []),
    ],
    improvements:
      paid.length > 0
        ? [`Of ${invoices(sent.length)} that a reminder went out for, ${paid.length} came in within 30 days.`]
        : [],
    savings: [],
    nextActions: nextOf(actions),
  }
}

/** What the decisions of the month say of the settings. */
function nextOf(actions: ReportHistory['actions']): string[] {
  const waiting = actions.filter(({ decision }) => decision === 'undecided').length
  const ended = actions.filter(({ decision }) => decision === 'expired').length
  const early = actions.filter(({ reason }) => reason === 'bad-timing').length
  return [
    ...(waiting > 0 ? [`Decide on ${reminders(waiting)} that still wait${waiting === 1 ? 's' : ''}.`] : []),
    ...(ended > 0 ? [`${reminders(ended)} ended undecided: a policy could send the small ones.`] : []),
    ...(early > 0
      ? [`${reminders(early)} came at a bad time: raise the days late before the first one.`]
      : []),
  ]
}
