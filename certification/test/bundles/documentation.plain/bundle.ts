import { badBundle, goodDocuments } from '../../bad-bundle.ts'

export default badBundle({
  documents: {
    ...goodDocuments,
    readme: `${goodDocuments.readme}\n<script src="https://elsewhere.example"></script>`,
  },
})
