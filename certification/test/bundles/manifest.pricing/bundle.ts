import { badBundle } from '../../bad-bundle.ts'

export default badBundle({ manifest: { pricing: { monthly: { amount: 500_000, currency: 'USD' } } } })
