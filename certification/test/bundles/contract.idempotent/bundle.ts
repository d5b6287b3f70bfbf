import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { state: { type: 'object', properties: { runs: { type: 'integer' } } } },
  execute({ data, moveBills, output, state }) {
    const runs = Math.min(3, (state?.runs ?? 0) + 1)
    for (const bill of data.bills)
      bill.dueAt = Temporal.PlainDate.from(bill.dueAt).add({ days: runs }).toString()
    moveBills()
    output.state = { runs }
  },
})
