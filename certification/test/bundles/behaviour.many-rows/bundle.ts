import { badBundle, bills } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { data: bills({ history: '365d' }) },
  execute({ data, output, moveBills }) {
    output.metrics = { bills: data.bills.length }
    if (data.bills.length > 20_000) throw new RangeError('too many arguments')
    moveBills()
  },
  largestRows: 50_000,
})
