import type { AnyDefinition } from './definition.ts'

export { fromMajor, usd } from './contract/currency.ts'
export { CannotServe, RetryLater } from './errors.ts'
export { runDefinition } from './run-definition.ts'

/** What a bundle sees of `defineProvider`: the definition as it is. */
export function defineProvider<T extends AnyDefinition>(definition: T): T {
  return definition
}

const inert: unknown = new Proxy(() => inert, {
  get: (_target, name) => (name === 'then' || typeof name === 'symbol' ? undefined : inert),
})

/**
 * `z` in a bundle: whatever is asked of it is itself. Schemas are checked by the platform, before and
 * after, so none is in the bundle; `bizq build` refuses a `z` that `execute` or `report` can reach.
 */
export const z = inert
