import { badBundle, bills } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { data: bills({ also: ['notes'] }) },
  execute({ data, output, moveBills }) {
    moveBills()
    const notes = data.bills.flatMap(({ notes: words }) => words ?? [])
    if (notes.includes('__proto__')) throw new TypeError('not a function')
    output.metrics = { notes: notes.length }
  },
})
