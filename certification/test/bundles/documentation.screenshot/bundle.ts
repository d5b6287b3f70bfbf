import { badBundle, goodDocuments } from '../../bad-bundle.ts'

export default badBundle({
  documents: { ...goodDocuments, screenshots: [new TextEncoder().encode('<svg/>')] },
})
