import type { z } from 'zod'
import { datasetOf, type DatasetName } from '../datasets/index.ts'
import type { Money } from '../money.ts'
import type { Row } from '../rows.ts'
import { parametersOf, providerSide } from './parameters.ts'
import type { Patch } from './patch.ts'

export type Risk = 'low' | 'medium' | 'high'

/** Why an action cannot be carried out now; the words are in the message files under `preconditions`. */
export type PreconditionCode =
  | 'already-matched'
  | 'amount-too-high'
  | 'currency-differs'
  | 'date-in-the-past'
  | 'direction-differs'
  | 'marketing-not-agreed'
  | 'no-email-address'
  | 'not-active'
  | 'not-open'
  | 'not-paid'
  | 'template-value-missing'
  | 'unchanged'
  | 'unknown-category'

export type Precondition = true | { code: PreconditionCode; detail?: string }

/** What an action may know beside its records. Everything is given, so that it stays a pure function. */
export interface Circumstances {
  /** The business's day, `YYYY-MM-DD`. */
  today: string
  /** The instant, ISO 8601 in UTC. */
  now: string
  /** The business's own currency, ISO 4217. */
  currency: string
  /** BCP 47, of the business. */
  locale: string
  businessName: string
  /** The business's ledger categories, where it keeps a list. */
  categories?: readonly string[]
}

/** All records of `dataset` whose reference `by` is the record before the last dot. */
export interface ListPlan {
  dataset: DatasetName
  by: string
}

/**
 * The records that an action loads, by path. `bill` is the record that the parameter `bill` points
 * to; `bill.supplier` the record that the bill's field `supplier` points to; a ListPlan under
 * `product.stock` is every stock level whose `product` is that product.
 */
export type RecordPlan = Readonly<Record<string, DatasetName | ListPlan>>

type Loaded<Plan extends RecordPlan, P> = {
  readonly [K in keyof Plan & string]: Plan[K] extends { dataset: infer D extends DatasetName }
    ? readonly Readonly<Row<D>>[]
    : Plan[K] extends infer D extends DatasetName
      ? K extends keyof P
        ? undefined extends P[K]
          ? Readonly<Row<D>> | null
          : Readonly<Row<D>>
        : Readonly<Row<D>> | null
      : never
}

/** Records by path, whatever the action: a row, null where the reference is empty, or a list of rows. */
export type LoadedRecords = Readonly<
  Record<string, Readonly<Record<string, unknown>> | null | readonly Readonly<Record<string, unknown>>[]>
>

interface Definition<P extends z.ZodObject, Plan extends RecordPlan> {
  risk: Risk
  /** Somebody outside the business notices: is at least medium risk and never automatic by default. */
  reachesThirdParty: boolean
  /** Money leaves or is committed: a manifest that declares it says the highest stake of one proposal. */
  movesMoneyOut: boolean
  /** In canonical form: record ids and exact money. */
  parameters: P
  /** Of these parameters, exactly one is given. */
  exactlyOne?: readonly (keyof z.output<P> & string)[]
  /** The parameters that name what it is about; one undecided action for each (subscription, type, target). */
  target: readonly [keyof z.output<P> & string, ...(keyof z.output<P> & string)[]]
  records: Plan
  /** The money at stake, never negative; null when the records do not tell, which counts as above every limit. */
  stake(records: Loaded<Plan, z.output<P>>, parameters: z.output<P>, now: Circumstances): Money | null
  precondition(records: Loaded<Plan, z.output<P>>, parameters: z.output<P>, now: Circumstances): Precondition
  /** The fields that the operator's card shows, as `record.field`. */
  card: readonly string[]
  effect(records: Loaded<Plan, z.output<P>>, parameters: z.output<P>, now: Circumstances): Patch[]
  /**
   * `restore` puts every field back; a function says otherwise what takes the effect back, given what
   * was applied; `none` means that nothing does, and the message file says why under `noUndo`.
   */
  undo: 'restore' | 'none' | ((applied: readonly Patch[]) => Patch[])
  /** How long after the effect it can be undone, ISO 8601 duration. */
  undoWithin: string | null
  /** Whether the outside system needs the same change, so that the message file has a `carryOver` sentence. */
  hasCarryOver: boolean
  /** The parameters that the operator may change before approving. */
  editable: readonly (keyof z.output<P> & string)[]
  /** How long it waits for a decision when the proposal does not say, ISO 8601 duration. */
  expiresAfter: string
  /** What a template parameter may name, as `record.field`; a record is known by the last part of its path. */
  placeholders?: readonly string[]
}

export interface ActionDefinition<
  T extends string = string,
  P extends z.ZodObject = z.ZodObject,
  Plan extends RecordPlan = RecordPlan,
> extends Definition<P, Plan> {
  type: T
  /** The parameters as a provider writes them: pseudonyms, and money as received (scaled where the grant says so). */
  providerParameters: P
}

/** An action whose type is known only at run time: the same functions, with records and parameters as plain objects. */
export interface AnyAction extends Omit<
  ActionDefinition,
  'stake' | 'precondition' | 'effect' | 'target' | 'editable' | 'exactlyOne'
> {
  target: readonly string[]
  editable: readonly string[]
  exactlyOne?: readonly string[]
  stake(
    records: LoadedRecords,
    parameters: Readonly<Record<string, unknown>>,
    now: Circumstances,
  ): Money | null
  precondition(
    records: LoadedRecords,
    parameters: Readonly<Record<string, unknown>>,
    now: Circumstances,
  ): Precondition
  effect(records: LoadedRecords, parameters: Readonly<Record<string, unknown>>, now: Circumstances): Patch[]
}

function withExactlyOne<S extends z.ZodObject>(schema: S, names: readonly string[] | undefined): S {
  if (!names) return schema
  return schema.refine((given) => names.filter((name) => given[name] !== undefined).length === 1, {
    message: `exactly one of ${names.join(', ')} must be given`,
    path: [names[0] ?? ''],
  })
}

function requireFollowable(type: string, plan: RecordPlan, parameters: z.ZodObject): void {
  const references = new Map(parametersOf(parameters).map((p) => [p.name, p.dataset]))
  for (const [path, what] of Object.entries(plan)) {
    const [parent, last] = splitPath(path)
    const wanted = typeof what === 'string' ? what : what.dataset
    const parentPlan = parent === null ? null : plan[parent]
    const found =
      parent === null
        ? references.get(last)
        : typeof what !== 'string'
          ? datasetOf(what.dataset).fields[what.by]?.dataset === parentPlan && what.dataset
          : typeof parentPlan === 'string' && datasetOf(parentPlan).fields[last]?.dataset
    if (found !== wanted) throw new TypeError(`${type}: cannot load ${path} from ${wanted}`)
  }
}

/** `bill.supplier` → `['bill', 'supplier']`; `bill` → `[null, 'bill']`. */
export function splitPath(path: string): [parent: string | null, last: string] {
  const dot = path.lastIndexOf('.')
  return dot < 0 ? [null, path] : [path.slice(0, dot), path.slice(dot + 1)]
}

/** Defines an action type. Throws a TypeError if its records cannot be loaded from its parameters. */
export function defineAction<const T extends string, P extends z.ZodObject, const Plan extends RecordPlan>(
  type: T,
  definition: Definition<P, Plan>,
): ActionDefinition<T, P, Plan> {
  requireFollowable(type, definition.records, definition.parameters)
  return {
    ...definition,
    type,
    parameters: withExactlyOne(definition.parameters.strict() as unknown as P, definition.exactlyOne),
    providerParameters: withExactlyOne(providerSide(definition.parameters), definition.exactlyOne),
  }
}
