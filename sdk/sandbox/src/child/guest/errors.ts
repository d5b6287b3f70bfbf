// oxlint-disable typescript/unbound-method -- methods are taken off their prototypes before a guest can replace them
import type { GuestTools } from './tools.ts'

interface CallSite {
  getFileName(): unknown
  getFunctionName(): unknown
  getLineNumber(): number | null
  getColumnNumber(): number | null
}

/** Reads whatever a guest throws. Positions come from the engine's own frames: a stack the guest writes is only text. */
export function readErrors({ apply, cut, defineProperty, getPrototypeOf, ownKeys }: GuestTools) {
  const { Error, String } = globalThis
  const { stringify } = JSON
  const { isFinite } = Number
  const positions = new WeakMap<object, string>()
  const keepPositions = positions.set
  const findPositions = positions.get

  const describe = (thrown: unknown): { name: string; message: string } => {
    if (typeof thrown === 'function') return { name: 'Error', message: 'a function was thrown' }
    if (typeof thrown !== 'object' || thrown === null)
      return { name: 'Error', message: cut(String(thrown), 2000) }
    try {
      const { name, message } = thrown as { name?: unknown; message?: unknown }
      return {
        name: typeof name === 'string' ? cut(name, 64) : 'Error',
        message: typeof message === 'string' ? cut(message, 2000) : 'an object without a message was thrown',
      }
    } catch {
      return { name: 'Error', message: 'the error could not be read' }
    }
  }

  const headline = (error: unknown): string => {
    const { name, message } = describe(error)
    return message === '' ? name : `${name}: ${message}`
  }

  // The frames' own methods, taken from a frame of the engine: called on anything else they throw, so that
  // a guest which calls `Error.prepareStackTrace` with frames of its own making records nothing.
  let methods: CallSite | undefined
  const prepareStackTrace = (error: object, sites: CallSite[]) => {
    methods ??= getPrototypeOf(sites[0]!) as CallSite
    const { getFileName, getFunctionName, getLineNumber, getColumnNumber } = methods
    let text = headline(error)
    let found = ''
    for (let i = 0; i < sites.length && i < 10; i++) {
      const site = sites[i]!
      if (apply(getFileName, site, []) !== 'bundle.js') continue
      const at = `${apply(getLineNumber, site, []) ?? 0}:${apply(getColumnNumber, site, []) ?? 0}`
      const name = apply(getFunctionName, site, [])
      text += `\n    at ${typeof name === 'string' ? `${name} (bundle.js:${at})` : `bundle.js:${at}`}`
      found += found === '' ? at : `,${at}`
    }
    apply(keepPositions, positions, [error, found])
    return text
  }
  // Neither replaced nor removed: with one of its own a guest would hold the engine's call sites.
  defineProperty(Error, 'prepareStackTrace', { value: prepareStackTrace })
  void new Error('the first frames are taken here').stack

  const positionsOf = (thrown: object): string => {
    try {
      // The engine formats a stack when it is first read.
      const { stack } = thrown as { stack?: unknown }
      return (stack === undefined ? undefined : apply(findPositions, positions, [thrown])) ?? ''
    } catch {
      return ''
    }
  }

  const plainFields = (thrown: object): Record<string, unknown> | undefined => {
    const fields: Record<string, unknown> = { __proto__: null }
    let count = 0
    try {
      const keys = ownKeys(thrown)
      for (let i = 0; i < keys.length && i < 64 && count < 8; i++) {
        const key = keys[i]!
        if (typeof key !== 'string' || key.length > 64) continue
        if (key === 'name' || key === 'message' || key === 'stack' || key === '__proto__') continue
        const value = (thrown as Record<string, unknown>)[key]
        if (typeof value === 'string') fields[key] = cut(value, 1000)
        else if (typeof value === 'boolean' || (typeof value === 'number' && isFinite(value)))
          fields[key] = value
        else continue
        count++
      }
    } catch {
      return undefined
    }
    return count === 0 ? undefined : fields
  }

  /** JSON of `{ name, message, positions: 'line:column,…', data? }`. */
  const report = (thrown: unknown): string => {
    const isObject = typeof thrown === 'object' && thrown !== null
    const { name, message } = describe(thrown)
    const parts = {
      __proto__: null,
      name,
      message,
      positions: isObject ? positionsOf(thrown) : '',
      data: isObject ? plainFields(thrown) : undefined,
    }
    return stringify(parts)
  }

  const isError = (value: object): boolean => value instanceof Error
  return { headline, isError, report }
}
