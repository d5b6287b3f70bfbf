import { badBundle } from '../../bad-bundle.ts'

export default badBundle({ manifest: { actions: [{ type: 'bill.reschedule' }, { type: 'task.create' }] } })
