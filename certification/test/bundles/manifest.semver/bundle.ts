import { badBundle, goodDocuments } from '../../bad-bundle.ts'

export default badBundle({
  manifest: { version: '1.0.0-01' },
  documents: { ...goodDocuments, changelog: '## 1.0.0-01\n\nA first try.' },
})
