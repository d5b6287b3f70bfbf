import { actionOf, type Manifest } from '@bizq/sdk/contract'

/** A question that no machine answers. */
export interface ChecklistItem {
  id: string
  question: string
  /** What to look at, and what a good answer rests on. */
  look: string
}

interface Asked extends ChecklistItem {
  isAsked: (manifest: Manifest) => boolean
}

const always = () => true
const items: readonly Asked[] = [
  {
    id: 'honest-words',
    question: 'Do the name, the summary and the README say what it does, and no more?',
    look: 'Promises of savings or safety, the name of somebody else’s product, words that only sell.',
    isAsked: always,
  },
  {
    id: 'clear-purposes',
    question: 'Would a shop owner understand each purpose, and find the data fitting for it?',
    look: 'The purposes in the manifest, beside the fields of each dataset and the days of history.',
    isAsked: always,
  },
  {
    id: 'fair-proposals',
    question: 'Are its proposals lawful, and fair to the customers, staff and suppliers that they touch?',
    look: 'The actions in the manifest, the words to third parties in the code, pressure on people who owe money.',
    isAsked: always,
  },
  {
    id: 'fair-price',
    question: 'Is the price in proportion to what it does, and every usage unit one that can be counted?',
    look: 'The pricing in the manifest, beside comparable services.',
    isAsked: always,
  },
  {
    id: 'readable-code',
    question: 'Does the code do what the manifest says, and is nothing in it hidden?',
    look: 'Long constants, branches on dates or on one business, names that say nothing, lines that are new.',
    isAsked: ({ runtime }) => runtime.kind === 'sandbox',
  },
  {
    id: 'own-server',
    question: 'Is it clear who runs the server, in which country, and what becomes of the data there?',
    look: 'The endpoint, the imprint of its domain, the README on keeping and deleting.',
    isAsked: ({ runtime }) => runtime.kind === 'remote',
  },
  {
    id: 'bounded-money',
    question: 'Are the highest stakes right for what it does, and would nobody approve one by mistake?',
    look: 'The max of each action that moves money out, and how the code comes to an amount.',
    isAsked: ({ actions }) => actions.some(({ type }) => actionOf(type).movesMoneyOut),
  },
  {
    id: 'needed-people',
    question: 'Is every personal field needed, and would the people concerned expect it?',
    look: 'Each personal field beside its purpose, and what of it comes back in proposals.',
    isAsked: ({ handlesPersonalData }) => handlesPersonalData === true,
  },
]

/** What a certifier answers of a release, by what it asks for and where it runs. */
export function checklistFor(manifest: Manifest): ChecklistItem[] {
  return items
    .filter(({ isAsked }) => isAsked(manifest))
    .map(({ id, question, look }) => ({ id, question, look }))
}

export type AnswerValue = 'yes' | 'no' | 'not-applicable'
export type Answers = Partial<Record<string, AnswerValue>>

/** The questions that keep an approval back: not answered, or answered with no. */
export function openQuestions(manifest: Manifest, answers: Answers): ChecklistItem[] {
  return checklistFor(manifest).filter(({ id }) => (answers[id] ?? 'no') === 'no')
}
