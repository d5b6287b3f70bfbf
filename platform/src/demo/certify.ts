import type { Caller } from './caller.ts'

interface Waiting {
  approvals: number
  certifiers: number
}
interface Submission {
  report: { id: string }
  checklist: { id: string }[]
  objection: string | null
}

/** What the certifiers of the demo wrote, in turn: why this release may be offered. */
const reasons = [
  'The code does what the manifest says, every field serves its purpose, and nothing is hidden.',
  'I came to the same result. The highest stake is right for what it orders, and nobody approves one by mistake.',
]

/** Approves a release that waits, with as many of the certifiers as it needs, as they would by the API. */
export async function approveRelease(certifiers: readonly Caller[], release: string): Promise<void> {
  for (const [i, certifier] of certifiers.entries()) {
    const path = `/certifier/submissions/${release}`
    const { report, checklist, objection } = await certifier.get<Submission>(path)
    // Approved by them in a start that was interrupted.
    if (objection) continue
    await certifier.put(`${path}/checklist`, Object.fromEntries(checklist.map(({ id }) => [id, 'yes'])))
    const words = reasons[i % reasons.length]
    const decision = { decision: 'approve', report: report.id, words }
    const { approvals, certifiers: needed } = await certifier.post<Waiting>(`${path}/decision`, decision)
    if (approvals >= needed) return
  }
  throw new Error(`${release} needs more certifiers than the demo has`)
}
