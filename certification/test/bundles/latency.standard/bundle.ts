import { badBundle, bills } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { data: bills({ history: '365d' }) },
  execute({ data, output, moveBills }) {
    output.metrics = { bills: data.bills.length }
    if (data.bills.length < 20_000) return moveBills()
    let found = 0
    for (let round = 0; round < 1_050; round++) {
      const groups = Map.groupBy(data.bills.slice(0, 40_000), (bill) => bill.dueAt)
      for (const group of groups.values()) found += group.length
    }
    output.metrics = { bills: found }
  },
  largestRows: 50_000,
})
