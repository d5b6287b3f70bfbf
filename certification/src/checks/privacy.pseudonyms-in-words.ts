import { actionOf, parametersOf, type Proposal } from '@bizq/sdk/contract'
import type { Finding, ReleaseCheck } from '../check.ts'
import { findOn } from '../evidence.ts'

const pseudonym = /[a-z]{3}_[0-9a-f]{32}|(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/i

/** The parameters that are words: all but the ids of records. */
function wordsOf({ type, parameters }: Proposal): [name: string, value: unknown][] {
  return parametersOf(actionOf(type).parameters).flatMap(({ name, kind }): [string, unknown][] =>
    kind === 'reference' ? [] : [[name, parameters[name]]],
  )
}

export const check: ReleaseCheck = {
  id: 'privacy.pseudonyms-in-words',
  stage: 'release',
  group: 'privacy',
  severity: 'error',
  title: 'Pseudonyms stand where records are named, and nowhere else',
  why: 'In words nobody translates a pseudonym back: operators and their customers would read it, and could pass it on.',
  howToMend:
    'Name records by `because` and by placeholders such as {customer.name}; keep ids out of texts and of the names of metrics.',
  run: async (examined) =>
    findOn(examined, await examined.ordinaryTrials(), ({ output }) => {
      const texts: [pointer: string, text: unknown][] = [
        ...(output?.recommendations ?? []).map(({ text }, i): [string, unknown] => [
          `/recommendations/${i}/text`,
          text,
        ]),
        ...Object.keys(output?.metrics ?? {}).map((name): [string, unknown] => [`/metrics/${name}`, name]),
        ...(output?.proposals ?? []).flatMap((proposal, i) =>
          wordsOf(proposal).map(([name, value]): [string, unknown] => [
            `/proposals/${i}/parameters/${name}`,
            value,
          ]),
        ),
      ]
      return texts.flatMap(([pointer, text]): Finding[] => {
        const found = typeof text === 'string' ? pseudonym.exec(text) : null
        return found ? [{ pointer, detail: `holds ${found[0]}`, expected: 'words' }] : []
      })
    }),
}
