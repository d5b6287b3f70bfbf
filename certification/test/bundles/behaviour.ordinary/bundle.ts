import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ data, moveBills }) {
    moveBills()
    if (data.bills.length === 20) throw Object.assign(new Error('come back later'), { name: 'CannotServe' })
  },
})
