import { badBundle, bills } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { data: bills({ also: ['supplier'] }) },
  execute({ data, output, moveBills }) {
    moveBills()
    if (data.bills.length > 0 && data.bills.every(({ supplier }) => supplier === null))
      throw new TypeError('nobody to pay')
    output.metrics = { suppliers: new Set(data.bills.map(({ supplier }) => supplier)).size }
  },
})
