import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ data, output, moveBills }) {
    moveBills()
    output.metrics = { bills: `${data.bills.length} bills` }
  },
})
