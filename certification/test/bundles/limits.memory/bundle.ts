import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { runtime: { kind: 'sandbox', limits: { memoryMib: 32 } } },
  execute({ today, moveBills }) {
    moveBills()
    const kept: string[] = []
    while (today.day === 29) kept.push(`${kept.length}`.repeat(10_000))
  },
})
