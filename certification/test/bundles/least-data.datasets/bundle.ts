import { badBundle, bills } from '../../bad-bundle.ts'

export default badBundle({
  manifest: {
    data: { ...bills(), suppliers: { fields: ['id', 'country'], purpose: 'To count the suppliers.' } },
  },
})
