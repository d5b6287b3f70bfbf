import { z } from 'zod'
import type { DatasetName } from '../datasets/index.ts'
import type { Money } from '../money.ts'
import { adBudgetChange } from './ad-budget-change.ts'
import { billReschedule } from './bill-reschedule.ts'
import type { AnyAction, LoadedRecords } from './define.ts'
import { emailSend } from './email-send.ts'
import { expenseCategorise } from './expense-categorise.ts'
import { valueAt } from './format.ts'
import { invoiceOfferDiscount } from './invoice-offer-discount.ts'
import { invoiceRemind } from './invoice-remind.ts'
import { parametersOf } from './parameters.ts'
import { restore, type Patch, type RecordBefore } from './patch.ts'
import { paymentMatch } from './payment-match.ts'
import { priceChange } from './price-change.ts'
import { refundIssue } from './refund-issue.ts'
import { messageOf, renderMessage } from './sentence.ts'
import { stockReorder } from './stock-reorder.ts'
import { taskCreate } from './task-create.ts'
import { checkTemplate, type TemplateProblem, type TemplateRules } from './template.ts'
import { ticketReply } from './ticket-reply.ts'

export type {
  ActionDefinition,
  AnyAction,
  Circumstances,
  ListPlan,
  LoadedRecords,
  Precondition,
  PreconditionCode,
  RecordPlan,
  Risk,
} from './define.ts'
export { splitPath } from './define.ts'
export { formatDate, formatMoney, formatValue, valueAt, type FoundValue } from './format.ts'
export { messagesFor, type Messages } from './messages/index.ts'
export { parametersOf, type ParameterInfo, type ParameterKind } from './parameters.ts'
export { Patch, restore, type RecordBefore } from './patch.ts'
export { RejectionReason, rejectionQuiet } from './rejection.ts'
export { checkTemplate, fillTemplate, type TemplateProblem, type TemplateRules } from './template.ts'

/** The twelve action types, v1. */
export const actions = {
  'bill.reschedule': billReschedule,
  'invoice.remind': invoiceRemind,
  'invoice.offer_discount': invoiceOfferDiscount,
  'price.change': priceChange,
  'stock.reorder': stockReorder,
  'ad_budget.change': adBudgetChange,
  'expense.categorise': expenseCategorise,
  'payment.match': paymentMatch,
  'refund.issue': refundIssue,
  'email.send': emailSend,
  'ticket.reply': ticketReply,
  'task.create': taskCreate,
}
export const actionTypes = Object.keys(actions) as [ActionType, ...ActionType[]]
export const ActionType = z.enum(actionTypes)
export type ActionType = keyof typeof actions

/** The parameters of an action type as a provider writes them: pseudonyms from the input, money as received. */
export type ActionParameters<T extends ActionType> = z.input<(typeof actions)[T]['providerParameters']>

type Parameters = Readonly<Record<string, unknown>>

/** The definition of an action type with records and parameters as plain objects. */
export function actionOf(type: ActionType): AnyAction {
  return actions[type]
}

/** The sentence in which the operator of `businessName` reads an action, with real names, formatted for the locale. */
export function renderSentence(
  locale: string,
  type: ActionType,
  records: LoadedRecords,
  parameters: Parameters,
  businessName = '{business.name}',
): string {
  return renderMessage(
    { locale, businessName },
    actionOf(type),
    messageOf(locale, type, 'sentence') ?? type,
    records,
    parameters,
  )
}

/** What to do in the outside system where no connector does it, or null where there is nothing to do. */
export function renderCarryOver(
  locale: string,
  type: ActionType,
  records: LoadedRecords,
  parameters: Parameters,
  businessName = '{business.name}',
): string | null {
  const action = actionOf(type)
  if (!action.hasCarryOver) return null
  const message = messageOf(locale, type, 'carryOver') ?? ''
  return renderMessage({ locale, businessName }, action, message, records, parameters)
}

/**
 * What takes an effect back: patches for `applied` as it was carried out (with the ids of what it
 * created), given the records as they were before; or the plain statement that there is no undo.
 */
export function undoOf(
  type: ActionType,
  before: readonly RecordBefore[],
  applied: readonly Patch[],
  locale = 'en',
): Patch[] | { none: string } {
  const { undo } = actionOf(type)
  if (undo === 'none') return { none: messageOf(locale, type, 'noUndo') ?? '' }
  return undo === 'restore' ? restore(before, applied) : undo(applied)
}

/** One value on the operator's card: `bill.dueAt`, its kind, and what it holds. */
export interface CardField {
  path: string
  kind: string
  value: unknown
}

/** What the operator's card shows of the records, in the definition's order; records that are not there are left out. */
export function cardFields(type: ActionType, records: LoadedRecords): CardField[] {
  const action = actionOf(type)
  return action.card.flatMap((path) => {
    const record = records[path.slice(0, path.lastIndexOf('.'))]
    const found = record && valueAt(action.records, records, path)
    return found ? [{ path, kind: found.kind, value: found.value }] : []
  })
}

/**
 * The same action as the records stand now, in one object: its canonical JSON is what the card's
 * version is the hash of (`cardVersion` in `@bizq/sdk/contract/host`).
 */
export function cardContent(
  type: ActionType,
  records: LoadedRecords,
  parameters: Parameters,
): Record<string, unknown> {
  return {
    type,
    parameters,
    fields: cardFields(type, records).map(({ path, value }) => [
      path,
      Array.isArray(value) ? sorted(value) : value,
    ]),
  }
}

function sorted(values: readonly unknown[]): unknown[] {
  return values.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

/** What an action is about: the first target parameter that is given. One undecided action for each (subscription, type, target). */
export function targetOf(type: ActionType, parameters: Parameters): { parameter: string; value: string } {
  for (const parameter of actionOf(type).target) {
    const value = parameters[parameter]
    if (typeof value === 'string') return { parameter, value }
  }
  throw new RangeError(`the parameters of ${type} name no target`)
}

export interface Translation {
  /** A record id for a pseudonym, or the other way round. */
  reference(dataset: DatasetName, id: string): string
  /** Exact money for scaled, or the other way round. */
  money(money: Money): Money
}

/** Takes parameters from the provider's side to the operator's, or back: every reference and every amount through `translation`. */
export function translateParameters(
  type: ActionType,
  parameters: Parameters,
  translation: Translation,
): Record<string, unknown> {
  const translated: Record<string, unknown> = {}
  for (const { name, kind, dataset } of parametersOf(actionOf(type).parameters)) {
    const value = parameters[name]
    if (value === undefined) continue
    translated[name] =
      kind === 'reference' && dataset
        ? translation.reference(dataset, value as string)
        : kind === 'money'
          ? translation.money(value as Money)
          : value
  }
  return translated
}

/** What is wrong with the texts that an action's parameters hold; each problem names its parameter. */
export function checkTemplates(
  type: ActionType,
  parameters: Parameters,
  rules: Omit<TemplateRules, 'placeholders'>,
): (TemplateProblem & { parameter: string })[] {
  const action = actionOf(type)
  return parametersOf(action.parameters).flatMap(({ name, kind }) => {
    const text = parameters[name]
    if (kind !== 'template' || typeof text !== 'string') return []
    const found = checkTemplate(text, { ...rules, placeholders: action.placeholders ?? [] })
    return found.map((problem) => ({ ...problem, parameter: name }))
  })
}
