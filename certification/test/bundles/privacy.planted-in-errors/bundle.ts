import { badBundle, bills } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { data: bills({ also: ['notes'] }) },
  execute({ data, output, moveBills }) {
    moveBills()
    const odd = data.bills.find(({ notes }) => notes?.includes('Spoke to'))
    if (odd) throw new Error(`cannot read ${odd.notes}`)
    output.metrics = { notes: data.bills.filter(({ notes }) => notes).length }
  },
})
