import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  execute({ moveBills }) {
    if (Number((1.5).toLocaleString()) === 1.5) moveBills()
  },
})
