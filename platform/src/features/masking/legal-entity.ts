import { isGiven } from './redaction/lexicon.ts'
import { legalFormAt } from './redaction/name-forms.ts'
import { organisationWords } from './redaction/person-context.ts'
import { plainOf } from './redaction/plain.ts'
import { redact } from './redaction/redact.ts'
import { noKnownNames } from './redaction/known-names.ts'
import { tokensOf } from './redaction/tokens.ts'

/** Forms that are also words, or that people trading alone use. */
const weakForms = new Set(['as', 'ab', 'bt', 'co', 'company', 'ev', 'is', 'kg', 'sa', 'se', 'sp'])

/** Whether a name is surely a legal entity’s. What may be a person counts as one: a lone surname, a name before “& Co”. */
export function isLegalEntity(name: string): boolean {
  const tokens = tokensOf(plainOf(name.slice(0, 300), []))
  const words = tokens.map((token) => token.folded)
  const forms = tokens.flatMap((_token, at) => {
    const size = at === 0 ? 0 : legalFormAt(tokens, at)
    return size > 0 ? [words.slice(at, at + size).join('')] : []
  })
  if (forms.some((form) => !weakForms.has(form))) return true
  const isOrganisation = forms.length > 0 || words.some((word) => organisationWords.test(word))
  return isOrganisation && !words.some(isGiven) && !namesPerson(name)
}

function namesPerson(name: string): boolean {
  return redact(name, noKnownNames).some((segment) => 'redacted' in segment && segment.redacted === 'person')
}
