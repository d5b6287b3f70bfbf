import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { runtime: { kind: 'sandbox', limits: { wallMs: 4_000, cpuMs: 1_500 } } },
  execute({ today, moveBills }) {
    moveBills()
    while (today.day === 29);
  },
})
