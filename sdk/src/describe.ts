import type { AnyDefinition } from './definition.ts'

/** What a definition says of itself without its schemas: what the guest can tell of the manifest. */
export function describeDefinition(definition: AnyDefinition): Record<string, unknown> {
  const {
    settings: _settings,
    state: _state,
    execute: _execute,
    report,
    limits,
    remote,
    ...said
  } = definition
  return {
    contract: 1,
    ...said,
    actions: definition.actions.map((action) => (typeof action === 'string' ? { type: action } : action)),
    runtime:
      remote === undefined
        ? { kind: 'sandbox', ...(limits === undefined ? {} : { limits }) }
        : { kind: 'remote', endpoint: remote },
    report: typeof report === 'function',
  }
}
