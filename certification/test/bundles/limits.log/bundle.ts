import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ today, moveBills }) {
    moveBills()
    for (let i = 0; i < 9_000 && today.day === 29; i++) console.log(`row ${i}`)
  },
})
