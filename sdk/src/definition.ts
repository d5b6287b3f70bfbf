import type { z } from 'zod'
import type { ActionParameters, ActionType } from './contract/actions/index.ts'
import type { Capability, Category } from './contract/categories.ts'
import type { datasets, DatasetName } from './contract/datasets/index.ts'
import type { History, Schedule } from './contract/manifest.ts'
import type { Money } from './contract/money.ts'
import type { ProviderReport, ReportHistory, ReportPeriod } from './contract/report.ts'
import type { FieldName, Row } from './contract/rows.ts'

type KindOf<D extends DatasetName, F extends FieldName<D>> = (typeof datasets)[D]['fields'][F] extends {
  kind: infer K
}
  ? K
  : never

/** The fields of a dataset that can be asked for: all but the source's own numbers, which never leave. */
export type AskableField<D extends DatasetName> = {
  [F in FieldName<D>]: KindOf<D, F> extends 'code' ? never : F
}[FieldName<D>]

/** A masked row: as `Row`, but a company's name is null where it may be a person's. */
export type MaskedRow<D extends DatasetName, F extends FieldName<D>> = {
  readonly [P in keyof Row<D, F>]: P extends F
    ? KindOf<D, P> extends 'legalName'
      ? string | null
      : Row<D, F>[P]
    : never
}

type PersonalKind = 'personName' | 'email' | 'phone' | 'street' | 'iban' | 'taxNumber' | 'place'
/** The fields of a dataset that are people's own. */
export type PersonalFieldOf<D extends DatasetName> = {
  [F in FieldName<D>]: KindOf<D, F> extends PersonalKind ? F : never
}[FieldName<D>]

interface PersonalRequest {
  /** One sentence that the operator reads beside the field. */
  purpose: string
  /** Can do without it. A field that it cannot do without has to be agreed to by whoever subscribes. */
  optional?: boolean
}

interface DatasetRequest<D extends DatasetName> {
  fields: readonly AskableField<D>[]
  /** How far back, such as `180d`; for the datasets that have a time field. Open items come whatever their age. */
  history?: History
  /** One sentence that the operator reads beside the fields. */
  purpose: string
  /** Can do without: where the operator does not grant it, its rows are an empty array. */
  optional?: boolean
  /**
   * What each personal field among `fields` is for: one sentence for each. The operator agrees to them one by one, and
   * may take that back; a field that was not agreed to is null in every row.
   */
  personal?: { readonly [F in PersonalFieldOf<D>]?: PersonalRequest }
}
export type DataRequest = { readonly [D in DatasetName]?: DatasetRequest<D> }

type MovesMoneyOut = 'stock.reorder' | 'ad_budget.change' | 'refund.issue'
/** An action type; one that moves money out says the highest stake of one proposal. */
export type ActionRequest =
  | Exclude<ActionType, MovesMoneyOut>
  | { readonly type: ActionType; readonly max: Money }
type TypeOf<A> = A extends { type: infer T } ? T : A

/** A row of the input, or any object with a row's `id`. */
interface Evidence {
  readonly id: string
}

export interface ProposalDetails {
  /** What it would be worth, in money as received. */
  impact?: Money | null
  /** Between 0 and 1: how sure you are that the operator will agree. */
  confidence: number
  /** The rows that led to it, at most 20. */
  because: readonly Evidence[]
  /** The last day on which it makes sense. */
  expires?: string | { toString(): string }
}

type Fields<D, K> = K extends keyof D ? (D[K] extends { fields: readonly (infer F)[] } ? F : never) : never
/** The rows of every dataset asked for, with just the fields asked for. */
export type DataOf<D> = {
  readonly [K in keyof D & DatasetName]: readonly MaskedRow<K, Fields<D, K> & FieldName<K>>[]
}

export interface ExecuteContext<D, A extends readonly ActionRequest[], S, T> {
  data: DataOf<D>
  /**
   * The rows of a dataset page by page: what a remote provider reads instead of `data` where it did not have them
   * loaded. In the sandbox, the one page that `data` is.
   */
  pages<K extends keyof D & DatasetName>(this: void, dataset: K): AsyncIterable<DataOf<D>[K]>
  settings: S
  /** What the last execution returned as its state; null at first. */
  state: T | null
  /** The business's day. */
  today: Temporal.PlainDate
  /** The moment of the execution, in the business's time zone. */
  now: Temporal.ZonedDateTime
  /** A number in [0, 1), the same at every replay. */
  random(this: void): number
  /** Proposes an action. Parameters hold ids and money exactly as they stand in `data`. */
  propose<P extends TypeOf<A[number]> & ActionType>(
    this: void,
    type: P,
    parameters: ActionParameters<P>,
    details: ProposalDetails,
  ): void
  /** Advice in words, with nothing to carry out. */
  recommend(this: void, text: string, details: { because: readonly Evidence[] }): void
}

export interface ExecuteResult<T> {
  /** Figures of this execution, money as received. */
  metrics?: Readonly<Record<string, number | Money>>
  /** Kept until the next execution. */
  state?: T
}

export interface ReportContext<S> {
  period: ReportPeriod
  history: ReportHistory
  settings: S
}

type Maybe<T> = T | Promise<T>
type Infer<Schema> = Schema extends z.ZodType ? z.output<Schema> : Record<string, never>

/** What a provider is: who it is, what it asks for, what it may propose, and what it does. */
export interface Definition<
  D extends DataRequest = DataRequest,
  A extends readonly ActionRequest[] = readonly ActionRequest[],
  S extends z.ZodObject | undefined = z.ZodObject | undefined,
  T extends z.ZodObject | undefined = z.ZodObject | undefined,
> {
  /** Lower-case words joined by hyphens; the same in every release. */
  service: string
  /** Semantic version. */
  version: string
  name: string
  category: Category
  /** One sentence, 20 to 200 characters. */
  summary: string
  /** https URL of your own documentation. */
  docs?: string
  /** E-mail address or https URL. */
  support?: string
  /** Where you are, ISO 3166-1 alpha-2. */
  country?: string
  pricing: {
    monthly?: Money
    usage?: readonly { unit: string; price: Money; included?: number }[]
    trialDays?: number
  }
  /** From the vocabulary of the category. */
  capabilities: readonly Capability[]
  data: D
  /** Ratios and trends hold under `scaled`; ask for exact amounts only with a reason that an operator will accept. */
  money: 'scaled' | { exact: string }
  actions: A
  schedule?: Schedule
  /** Run when new data came instead: `['orders.imported']`. */
  on?: readonly `${DatasetName}.imported`[]
  settings?: S
  /** What you keep between executions, at most 64 KiB. */
  state?: T
  /** Bounds below the platform's. */
  limits?: { wallMs?: number; cpuMs?: number; memoryMib?: number }
  /** Where it runs outside the platform, an https URL; without it, in the sandbox. */
  remote?: string
  /** Asks for personal fields: needs the certificate of that name, and each field its purpose under `personal`. */
  handlesPersonalData?: boolean
  execute(
    this: void,
    context: ExecuteContext<D, A, Infer<S>, Infer<T>>,
  ): Maybe<ExecuteResult<Infer<T>> | undefined | void>
  report?(this: void, context: ReportContext<Infer<S>>): Maybe<ProviderReport>
}

/** A definition whose types are no longer known. */
// oxlint-disable typescript/no-explicit-any -- any provider whatsoever: its context is contravariant.
export type AnyDefinition = Omit<Definition, 'execute' | 'report'> & {
  execute(this: void, context: any): any
  report?(this: void, context: any): any
}
