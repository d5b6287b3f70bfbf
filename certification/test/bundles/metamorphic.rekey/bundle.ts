import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ data, moveBills }) {
    data.bills.sort((a, b) => (a.id < b.id ? -1 : 1)).splice(12)
    moveBills()
  },
})
