import { badBundle, bills } from '../../bad-bundle.ts'

export default badBundle({ manifest: { data: bills({ history: '90d' }) } })
