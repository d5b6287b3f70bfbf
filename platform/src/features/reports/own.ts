import type { Money, ProviderReport, ReportHistory } from '@bizq/sdk/contract'

const share = (part: number, whole: number): number => Math.round((part / whole) * 1_000) / 1_000

/** Amounts added up by currency. */
function sums(amounts: readonly Money[]): Money[] {
  const byCurrency = Map.groupBy(amounts, ({ currency }) => currency)
  return [...byCurrency].map(([currency, of]) => ({
    amount: of.reduce((sum, { amount }) => sum + amount, 0),
    currency,
  }))
}

/** The platform's report of a month, from what it knows itself: for services that make none. */
export function ownReport({ executions, actions }: ReportHistory, before: ReportHistory): ProviderReport {
  const accepted = actions.filter(({ decision }) => decision === 'approved' || decision === 'edited')
  const decided = actions.filter(({ decision }) => decision !== 'undecided' && decision !== 'expired')
  const succeeded = executions.filter(({ outcome }) => outcome === 'succeeded')
  const change = (now: number, then: number) => (then > 0 ? { change: share(now - then, then) } : {})
  const kept = accepted.filter(({ isUndone }) => !isUndone)
  const paid = sums(kept.flatMap(({ measured }) => measured ?? []))
  return {
    kpis: [
      {
        name: 'Executions',
        value: executions.length,
        ...change(executions.length, before.executions.length),
      },
      { name: 'Executions that succeeded', value: succeeded.length },
      { name: 'Proposed actions', value: actions.length, ...change(actions.length, before.actions.length) },
      ...(decided.length > 0
        ? [
            {
              name: 'Accepted of those decided, in %',
              value: Math.round(share(accepted.length, decided.length) * 100),
            },
          ]
        : []),
      ...sums(kept.flatMap(({ stake }) => stake ?? [])).map((value) => ({
        name: `Money in accepted actions (${value.currency})`,
        value,
      })),
      ...paid.map((value) => ({ name: `Paid within 30 days of being asked for (${value.currency})`, value })),
    ],
    improvements: improvements(kept),
    // What would have happened without an action is not known: nothing that can be measured is a saving.
    savings: [],
    nextActions: nextActions({ executions, actions }),
  }
}

/** How many of the invoices that a customer was asked for were paid since. Some of them would have been anyway. */
function improvements(kept: ReportHistory['actions']): string[] {
  const asked = kept.filter(({ type }) => type === 'invoice.remind' || type === 'invoice.offer_discount')
  const paid = asked.filter(({ measured }) => measured !== null)
  return paid.length > 0
    ? [
        `Of ${asked.length} invoice${asked.length === 1 ? '' : 's'} that a customer was asked for, ${paid.length} ${paid.length === 1 ? 'was' : 'were'} paid within 30 days. Some may have been paid anyway.`,
      ]
    : []
}

function nextActions({ executions, actions }: ReportHistory): string[] {
  const expired = actions.filter(({ decision }) => decision === 'expired').length
  const undecided = actions.filter(({ decision }) => decision === 'undecided').length
  const failed = executions.filter(({ outcome }) => outcome !== 'succeeded').length
  return [
    ...(undecided > 0
      ? [
          `Decide on ${undecided} proposed action${undecided === 1 ? '' : 's'} that still wait${undecided === 1 ? 's' : ''}.`,
        ]
      : []),
    ...(expired > 0
      ? [
          `${expired} proposed action${expired === 1 ? '' : 's'} ended undecided: a policy could decide alike ones.`,
        ]
      : []),
    ...(failed > 0
      ? [`${failed} execution${failed === 1 ? '' : 's'} did not succeed: look at the runs.`]
      : []),
  ]
}
