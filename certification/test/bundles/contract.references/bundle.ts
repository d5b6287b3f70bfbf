import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ moveBills, output }) {
    moveBills()
    const id = `bil_${'a'.repeat(32)}`
    output.recommendations = [{ text: 'Look at this bill', because: [{ dataset: 'bills', id }] }]
  },
})
