import {
  actionOf,
  datasetOf,
  encodeId,
  formatMoney,
  renderCarryOver,
  renderSentence,
  translateParameters,
  undoOf,
  type DatasetName,
  type Money,
  type Proposal,
} from '@bizq/sdk/contract'
import { resolvePseudonym, unscaleMoney, type MaskingKeys } from '@bizq/sdk/contract/host'
import type { ExampleBusiness } from '@bizq/sdk/testing'
import {
  apply,
  circumstancesOf,
  labelOf,
  loadRecords,
  whyNot,
  type Books,
  type CarriedOut,
  type Effect,
} from './books.ts'

type Row = Readonly<Record<string, unknown>>

/** A proposal as the operator would read it. */
export interface Card {
  id: string
  type: string
  /** With real names and true amounts. */
  sentence: string
  risk: string
  reachesThirdParty: boolean
  /** The money that the platform sees at stake. */
  stake: string | null
  /** What the provider says that it is worth. */
  impact: string | null
  confidence: number
  because: { label: string; dataset: string; seen: Row | undefined; real: Row | undefined }[]
  /** Why it could not be carried out now. */
  blocked: string | null
  /** As the provider wrote them. */
  parameters: Row
  status: 'proposed' | 'approved' | 'undone'
  effects: Effect[]
  /** What to do in the outside system, where nothing does it. */
  carryOver: string | null
  /** How it can be taken back, or why it cannot. */
  undo: 'possible' | string
}

/** A card and what carrying it out needs. */
export interface OpenCard {
  card: Card
  type: Proposal['type']
  /** With record ids and true amounts. */
  parameters: Row
  done?: CarriedOut
}

export interface Table {
  business: ExampleBusiness
  books: Books
  keys: MaskingKeys
  isScaled: boolean
  /** The input, by dataset and pseudonym. */
  seen: (dataset: DatasetName, pseudonym: string) => Row | undefined
}

const recordId = (dataset: DatasetName, pseudonym: string, keys: MaskingKeys) => {
  const uuid = resolvePseudonym(keys.key, dataset, pseudonym)
  return uuid === undefined ? pseudonym : encodeId(datasetOf(dataset).prefix, uuid)
}

/** Reads a proposal with real names, as the books stand. */
export function readCard(proposal: Proposal, index: number, table: Table): OpenCard {
  const { business, books, keys, isScaled } = table
  const { type } = proposal
  const action = actionOf(type)
  const money = (given: Money) => (isScaled ? unscaleMoney(given, keys.factor) : given)
  const parameters = translateParameters(type, proposal.parameters, {
    reference: (dataset, pseudonym) => recordId(dataset, pseudonym, keys),
    money,
  })
  const now = circumstancesOf(business)
  const records = loadRecords(books, action, parameters)
  const stake = action.stake(records, parameters, now)
  const card: Card = {
    id: String(index + 1),
    type,
    sentence: renderSentence(business.locale, type, records, parameters),
    risk: action.risk,
    reachesThirdParty: action.reachesThirdParty,
    stake: stake && formatMoney(stake, business.locale),
    impact: proposal.impact ? formatMoney(money(proposal.impact), business.locale) : null,
    confidence: proposal.confidence,
    because: proposal.because.map(({ dataset, id }) => {
      const real = books[dataset].find((row) => row['id'] === recordId(dataset, id, keys))
      return { label: labelOf(books, dataset, real ?? null), dataset, seen: table.seen(dataset, id), real }
    }),
    blocked: whyNot(action, records, parameters, now),
    parameters: proposal.parameters,
    status: 'proposed',
    effects: [],
    carryOver: null,
    undo: 'possible',
  }
  return { card, type, parameters }
}

/** Carries a card out on the books. Throws an Error where it cannot be now. */
export function approveCard(open: OpenCard, { business, books }: Table): OpenCard {
  const { type, parameters, card } = open
  const action = actionOf(type)
  const now = circumstancesOf(business)
  const records = loadRecords(books, action, parameters)
  const blocked = whyNot(action, records, parameters, now)
  if (card.status === 'approved') throw new Error('It was approved before.')
  if (blocked !== null) throw new Error(blocked)
  const carryOver = renderCarryOver(business.locale, type, records, parameters)
  const done = apply(books, action.effect(records, parameters, now), business.locale)
  const undo = undoOf(type, done.before, done.applied, business.locale)
  return {
    ...open,
    done,
    card: {
      ...card,
      blocked: null,
      status: 'approved',
      effects: done.effects,
      carryOver,
      undo: Array.isArray(undo) ? 'possible' : undo.none,
    },
  }
}

/** Takes an approved card back. Throws an Error with the reason where there is no undo. */
export function undoCard(open: OpenCard, { business, books }: Table): OpenCard {
  const { done, card, type } = open
  if (!done || card.status !== 'approved') throw new Error('It is not approved.')
  const patches = undoOf(type, done.before, done.applied, business.locale)
  if (!Array.isArray(patches)) throw new Error(patches.none)
  const { effects } = apply(books, patches, business.locale)
  const { done: _done, ...rest } = open
  return { ...rest, card: { ...card, status: 'undone', effects } }
}
