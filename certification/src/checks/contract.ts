import { checkOutput, knownRows, type OutputProblem } from '@bizq/sdk/contract'
import type { Check, Examined, Finding } from '../check.ts'

const isReference = ({ detail }: OutputProblem) => detail.includes('in the input has this id')

function problemsOf({ manifest, trials }: Examined, wanted: (problem: OutputProblem) => boolean): Finding[] {
  return trials.flatMap(({ name, input, result }) => {
    if (result.outcome !== 'succeeded') return []
    const checked = checkOutput(result.output, {
      manifest,
      known: knownRows(input.data),
      money: manifest.money === 'scaled' ? 'scaled' : 'exact',
      domains: [],
    })
    if (checked.ok) return []
    return checked.problems.filter(wanted).map(({ pointer, detail }) => ({ pointer, detail, input: name }))
  })
}

export const outputsMatchSchema: Check = {
  id: 'contract.output-schema',
  group: 'contract',
  severity: 'error',
  title: 'Every output is what the contract asks for',
  why: 'The platform refuses any other output, and the operator gets nothing from that execution.',
  howToMend:
    'Propose only declared action types, with the parameters of the type, and keep texts to the template rules.',
  run: (examined) => problemsOf(examined, (problem) => !isReference(problem)),
}

export const referencesExist: Check = {
  id: 'contract.references',
  group: 'contract',
  severity: 'error',
  title: 'Every record that is named was in the input',
  why: 'A pseudonym resolves only if its row was in this execution’s input.',
  howToMend:
    'Take ids from the rows of the input, as they stand there, and keep none from earlier executions.',
  run: (examined) => problemsOf(examined, isReference),
}
