import { badBundle, bills } from '../../bad-bundle.ts'

export default badBundle({
  manifest: {
    data: {
      ...bills(),
      customers: {
        fields: ['id', 'email'],
        purpose: 'To know who can be written to.',
        personal: { email: { purpose: 'To know who can be written to.', optional: true } },
      },
    },
    handlesPersonalData: true,
  },
  execute({ data, output, moveBills }) {
    moveBills()
    const reachable = data.customers.filter(({ id, email }) => id && email).length
    if (reachable === 0 && data.customers.length > 0) throw new TypeError('nobody can be written to')
    output.metrics = { reachable }
  },
})
