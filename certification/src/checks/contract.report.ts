import { ProviderReport, type ReportInput } from '@bizq/sdk/contract'
import type { Finding, ReleaseCheck } from '../check.ts'
import { endingOf, type Examined } from '../examined.ts'

/** A month with history, and one without. */
function reportInputs({ manifest, cases }: Examined): { name: string; input: ReportInput }[] {
  const settings = cases[0]?.settings ?? {}
  const period = { from: '2026-10-01', to: '2026-10-31' }
  const money = { amount: 12_500, currency: 'GBP' }
  const actions = manifest.actions.flatMap(({ type }) =>
    (['approved', 'rejected', 'undecided'] as const).map((decision) => ({
      type,
      proposedAt: '2026-10-05T09:30:00.000Z',
      decision,
      reason: null,
      confidence: 0.9,
      impact: money,
      stake: money,
      measured: decision === 'approved' ? money : null,
      isUndone: false,
    })),
  )
  const executions = [
    { at: '2026-10-05T09:30:00.000Z', outcome: 'succeeded' as const, metrics: { count: 3 } },
    { at: '2026-10-06T09:30:00.000Z', outcome: 'failed' as const, metrics: {} },
  ]
  return [
    { name: 'report of a month', input: { period, history: { executions, actions }, settings } },
    {
      name: 'report of a month without history',
      input: { period, history: { executions: [], actions: [] }, settings },
    },
  ]
}

export const check: ReleaseCheck = {
  id: 'contract.report',
  stage: 'release',
  group: 'contract',
  severity: 'error',
  title: 'Its report is what the contract asks for, also of a month without history',
  why: 'The first report of a subscription has next to nothing to tell; an error there is the last impression.',
  howToMend: 'Return kpis, improvements, savings and nextActions, each an array, possibly empty.',
  skip: ({ manifest, remote }) =>
    manifest.report && !remote ? undefined : 'it has no report of its own in a bundle',
  async run(examined) {
    const world = examined.cases[0]?.world
    if (!world) return []
    const findings: Finding[] = []
    for (const { name, input } of reportInputs(examined)) {
      const result = await examined.run(input, world, { call: 'report' })
      if (result.outcome !== 'succeeded') {
        findings.push({ detail: endingOf(result), expected: 'a report', input: name, evidence: input })
        continue
      }
      const checked = ProviderReport.safeParse(JSON.parse(result.output))
      for (const issue of checked.error?.issues ?? [])
        findings.push({
          pointer: `/${issue.path.join('/')}`,
          detail: issue.message,
          input: name,
          evidence: input,
        })
    }
    return findings
  },
}
