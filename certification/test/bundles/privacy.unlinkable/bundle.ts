import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ data, today, output, moveBills }) {
    moveBills()
    const days = data.bills.map(({ dueAt }) => today.until(dueAt).days).toSorted((a, b) => a - b)
    const mark = days.reduce((sum, day) => (sum * 31 + day + 9_000) % 9_007_199_254_740, 1)
    output.metrics = { mark }
  },
})
