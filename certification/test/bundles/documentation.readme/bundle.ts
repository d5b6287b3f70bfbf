import { badBundle, goodDocuments } from '../../bad-bundle.ts'

export default badBundle({ documents: { ...goodDocuments, readme: '# Bill Mover\n\nMoves bills.' } })
