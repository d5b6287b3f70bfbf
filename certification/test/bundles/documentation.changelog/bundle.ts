import { badBundle, goodDocuments } from '../../bad-bundle.ts'

export default badBundle({
  documents: { ...goodDocuments, changelog: '# Changelog\n\n## 0.9.0\n\nA first try.\n' },
})
