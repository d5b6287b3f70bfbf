import { badBundle } from '../../bad-bundle.ts'

export default badBundle({ manifest: { capabilities: ['payables_scheduling', 'payables_scheduling'] } })
