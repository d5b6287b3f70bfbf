import { badBundle } from '../../bad-bundle.ts'

/** Nothing in the sandbox differs from run to run, so the machine of this bundle does: it answers with a number of its own. */
let runs = 0

export default badBundle({
  machine: (sandbox) => ({
    ...sandbox,
    async run(request) {
      const result = await sandbox.run(request)
      if (result.outcome !== 'succeeded' || request.call !== 'execute') return result
      runs += 1
      return {
        ...result,
        output: result.output.replaceAll('"confidence":0.9,', `"confidence":0.90${runs % 9}1,`),
      }
    },
  }),
})
