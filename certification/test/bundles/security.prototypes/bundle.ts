import { badBundle } from '../../bad-bundle.ts'

export default badBundle({
  around: 'const later = () => { Array.prototype.last = function () { return this.at(-1) } }',
})
