import { badBundle, refunds } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { ...refunds, money: { exact: 'To pay back whole orders of the right size.' } },
  execute({ data, payBack }) {
    data.orders = data.orders.filter(({ total }) => total.amount > 8_000)
    payBack()
  },
})
