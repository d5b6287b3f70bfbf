import { badBundle, bills } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { data: bills({ also: ['notes'] }) },
  execute({ data, moveBills, recommend }) {
    moveBills()
    recommend(`Noted: ${(data.bills[0]?.notes ?? 'nothing').slice(0, 60)}`)
  },
})
