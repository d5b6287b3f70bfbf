import type { z as zod } from 'zod'
import type { ActionRequest, DataRequest, Definition } from './definition.ts'

export { z } from 'zod'
export { fromMajor, usd } from './contract/currency.ts'
export { CannotServe, RetryLater } from './errors.ts'
export type { Money } from './contract/money.ts'
export type { ActionParameters, ActionType } from './contract/actions/index.ts'
export type { DatasetName } from './contract/datasets/index.ts'
export type { ProviderReport, ReportHistory } from './contract/report.ts'
export type {
  ActionRequest,
  AnyDefinition,
  AskableField,
  DataOf,
  DataRequest,
  Definition,
  ExecuteContext,
  ExecuteResult,
  MaskedRow,
  ProposalDetails,
  ReportContext,
} from './definition.ts'

/**
 * Defines a provider. Everything that `execute` sees is typed from what the definition asks for: a
 * field that is not in `fields` does not exist on the row, and an action that is not in `actions`
 * does not compile. Source: the provider contract, “A whole provider”.
 *
 * `execute` runs in a fresh isolate: ECMAScript, `Temporal`, `Intl` and `console`, a frozen clock and
 * seeded randomness, no network. Use `z` for `settings` and `state` only: the platform checks them
 * before and after, and the bundle holds no schema.
 */
export function defineProvider<
  const D extends DataRequest,
  const A extends readonly ActionRequest[],
  S extends zod.ZodObject | undefined = undefined,
  T extends zod.ZodObject | undefined = undefined,
>(definition: Definition<D, A, S, T>): Definition<D, A, S, T> {
  return definition
}
