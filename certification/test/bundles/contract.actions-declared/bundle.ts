import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ moveBills, propose }) {
    moveBills()
    propose('task.create', { title: 'Look at the bills' }, { confidence: 1, because: [] })
  },
})
