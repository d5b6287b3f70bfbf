import { badBundle, bills } from '../../bad-bundle.ts'

export default badBundle({
  manifest: {
    data: { ...bills(), suppliers: { fields: ['id'], purpose: 'To know which bills fall due soon!' } },
  },
  execute({ data, output, moveBills }) {
    moveBills()
    output.metrics = { suppliers: data.suppliers.filter(({ id }) => id).length }
  },
})
