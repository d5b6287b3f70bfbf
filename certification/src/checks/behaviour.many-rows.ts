import { datasetNames, datasetOf } from '@bizq/sdk/contract'
import { makeCase } from '../inputs/case.ts'
import { oddDataCheck } from '../odd-data.ts'

export const check = oddDataCheck({
  id: 'behaviour.many-rows',
  severity: 'error',
  title: 'It ends well on 50,000 rows',
  why: 'That is what the platform delivers at most, and what a shop of some years has.',
  howToMend:
    'Group rows once by what they are looked up by; never spread a dataset into the arguments of a call.',
  oddities({ manifest, ordinary, largest }) {
    if (largest === 0) return []
    const asked = datasetNames.filter((name) => manifest.data[name])
    const grows = (
      ['orderLines', 'transactions', 'orders', 'adSpend', 'invoices', 'bills', 'tickets'] as const
    ).find((name) => manifest.data[name])
    const dataset = grows ?? asked.find((name) => datasetOf(name).time !== null) ?? asked[0]
    if (!dataset) return []
    const counts = { [dataset]: largest, ...(dataset === 'orderLines' ? { orders: largest / 5 } : {}) }
    return [
      makeCase(manifest, `${largest} rows of ${dataset}`, { seed: 5, size: 60, counts }, ordinary.world.seed),
    ]
  },
})
