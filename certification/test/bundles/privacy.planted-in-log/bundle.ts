import { badBundle, bills } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { data: bills({ also: ['notes'] }) },
  execute({ data, output, moveBills }) {
    moveBills()
    console.log(data.bills[0]?.notes)
    output.metrics = { notes: data.bills.filter(({ notes }) => notes).length }
  },
})
