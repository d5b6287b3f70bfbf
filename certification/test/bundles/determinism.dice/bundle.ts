import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ data, moveBills }) {
    const days = Math.floor(Math.random() * 12)
    for (const bill of data.bills) bill.dueAt = Temporal.PlainDate.from(bill.dueAt).add({ days }).toString()
    moveBills()
  },
})
