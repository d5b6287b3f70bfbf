import { badBundle } from '../../bad-bundle.ts'

export default badBundle({ manifest: { money: { exact: 'To show the amounts as they are.' } } })
