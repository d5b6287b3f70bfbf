import { badBundle, bills } from '../../bad-bundle.ts'

export default badBundle({
  manifest: {
    data: { ...bills(), suppliers: { fields: ['paymentTermDays'], purpose: 'To know the usual terms.' } },
  },
  execute({ data, output, moveBills }) {
    moveBills()
    output.metrics = { terms: data.suppliers[0]?.paymentTermDays ?? 0 }
  },
})
