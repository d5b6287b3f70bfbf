import { badBundle, bills } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { data: { bills: { ...bills().bills, fields: ['id', 'dueAt', 'amountDue'], history: '365d' } } },
  execute({ data, today, propose }) {
    for (const { id, dueAt, amountDue: impact } of data.bills) {
      const later = { bill: id, dueAt: today.add({ days: 30 }).toString() }
      if (today.until(dueAt).days % 20 !== 0) continue
      propose('bill.reschedule', later, { impact, confidence: 0.9, because: [{ dataset: 'bills', id }] })
    }
  },
})
