import { datasetNames } from '@bizq/sdk/contract'
import { oddDataCheck } from '../odd-data.ts'

export const check = oddDataCheck({
  id: 'behaviour.missing-datasets',
  severity: 'error',
  title: 'It ends well without each dataset that it calls optional',
  why: 'The operator may decline what is optional; its rows are an empty array then.',
  howToMend: 'Do without the dataset, or do not call it optional.',
  oddities({ manifest, ordinary }) {
    const optional = datasetNames.filter((name) => manifest.data[name]?.optional === true)
    const without = optional.length > 1 ? [...optional.map((name) => [name]), optional] : [optional]
    return without
      .filter((names) => names.length > 0)
      .map((names) => ({
        ...ordinary,
        name: `without ${names.join(' and ')}`,
        books: { ...ordinary.books, ...Object.fromEntries(names.map((name) => [name, []])) },
      }))
  },
})
