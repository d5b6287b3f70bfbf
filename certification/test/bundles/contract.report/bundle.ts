import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { report: true },
  report() {
    return { kpis: 'none', improvements: [], savings: [], nextActions: [] }
  },
})
