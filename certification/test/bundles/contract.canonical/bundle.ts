import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  write(output) {
    return JSON.stringify(output)
  },
})
