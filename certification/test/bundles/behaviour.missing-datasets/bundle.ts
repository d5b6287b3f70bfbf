import { badBundle, bills } from '../../bad-bundle.ts'

export default badBundle({
  manifest: {
    data: { ...bills(), suppliers: { fields: ['id'], purpose: 'To count the suppliers.', optional: true } },
  },
  execute({ data, output, moveBills }) {
    moveBills()
    const suppliers = data.suppliers.filter(({ id }) => id).length
    if (suppliers === 0 && data.bills.length > 0) throw new TypeError('there are no suppliers')
    output.metrics = { suppliers }
  },
})
