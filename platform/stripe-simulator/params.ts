import type { FormGroup, FormValue } from './form.ts'
import { invalid } from './refusal.ts'

/**
 * The parameters of a request, read by name. What no handler has read is unknown, and is refused as Stripe refuses it:
 * no parameter is passed over in silence.
 */
export interface Params {
  has(name: string): boolean
  text(name: string): string | undefined
  needText(name: string): string
  /** An empty value takes away: null. */
  orNull(name: string): string | null | undefined
  whole(name: string): number | undefined
  needWhole(name: string): number
  decimal(name: string): number | undefined
  flag(name: string): boolean | undefined
  oneOf<const T extends string>(name: string, values: readonly T[]): T | undefined
  texts(name: string): string[] | undefined
  pairs(name: string): Record<string, string> | undefined
  group(name: string): Params | undefined
  groups(name: string): Params[] | undefined
  /** Taken, and of no consequence here. */
  accept(...names: string[]): void
  unread(): string[]
}

const isGroup = (value: FormValue | undefined): value is FormGroup =>
  typeof value === 'object' && !Array.isArray(value)

export function createParams(form: FormGroup, within = ''): Params {
  const read = new Set<string>()
  const inner: Params[] = []
  const full = (name: string) => (within ? `${within}[${name}]` : name)
  const value = (name: string): FormValue | undefined => {
    read.add(name)
    return Object.hasOwn(form, name) ? form[name] : undefined
  }
  const text = (name: string): string | undefined => {
    const found = value(name)
    if (found === undefined || typeof found === 'string') return found
    throw invalid(`Invalid string: ${JSON.stringify(found)}`, { param: full(name) })
  }
  const needed = <T>(found: T | undefined, name: string): T => {
    if (found === undefined || found === '')
      throw invalid(`Missing required param: ${full(name)}.`, {
        code: 'parameter_missing',
        param: full(name),
      })
    return found
  }
  const whole = (name: string): number | undefined => {
    const found = text(name)
    if (found === undefined || found === '') return undefined
    if (!/^-?\d{1,15}$/.test(found))
      throw invalid(`Invalid integer: ${found}`, { code: 'parameter_invalid_integer', param: full(name) })
    return Number(found)
  }
  const child = (found: FormGroup, name: string): Params => {
    const params = createParams(found, full(name))
    inner.push(params)
    return params
  }

  return {
    has: (name) => Object.hasOwn(form, name),
    text,
    needText: (name) => needed(text(name), name),
    orNull(name) {
      const found = text(name)
      return found === '' ? null : found
    },
    whole,
    needWhole: (name) => needed(whole(name), name),
    decimal(name) {
      const found = text(name)
      if (found === undefined || found === '') return undefined
      if (!/^-?\d{1,15}(\.\d{1,12})?$/.test(found))
        throw invalid(`Invalid decimal: ${found}`, { param: full(name) })
      return Number(found)
    },
    flag(name) {
      const found = text(name)
      if (found === undefined || found === '') return undefined
      if (found !== 'true' && found !== 'false')
        throw invalid(`Invalid boolean: ${found}`, { param: full(name) })
      return found === 'true'
    },
    oneOf(name, values) {
      const found = text(name)
      if (found === undefined || found === '') return undefined
      const known = values.find((each) => each === found)
      if (known === undefined)
        throw invalid(`Invalid ${full(name)}: must be one of ${values.join(', ')}`, { param: full(name) })
      return known
    },
    texts(name) {
      const found = value(name)
      if (found === undefined) return undefined
      if (found === '') return []
      if (!Array.isArray(found)) throw invalid('Invalid array', { param: full(name) })
      return found.map((each) => {
        if (typeof each === 'string') return each
        throw invalid('Invalid string', { param: full(name) })
      })
    },
    pairs(name) {
      const found = value(name)
      if (found === undefined) return undefined
      if (found === '') return {}
      // Keys that are all numbers were read as a list.
      const entries = Object.entries(found)
      if (typeof found === 'string' || !entries.every(([, each]) => typeof each === 'string'))
        throw invalid('Invalid hash', { param: full(name) })
      return Object.fromEntries(entries as [string, string][])
    },
    group(name) {
      const found = value(name)
      if (found === undefined || found === '') return undefined
      if (!isGroup(found)) throw invalid('Invalid hash', { param: full(name) })
      return child(found, name)
    },
    groups(name) {
      const found = value(name)
      if (found === undefined) return undefined
      if (found === '') return []
      if (!Array.isArray(found)) throw invalid('Invalid array', { param: full(name) })
      return found.map((each, at) => {
        if (isGroup(each)) return child(each, `${name}[${at}]`)
        throw invalid('Invalid hash', { param: full(name) })
      })
    },
    accept(...names) {
      for (const name of names) read.add(name)
    },
    unread() {
      const own = Object.keys(form).filter((name) => !read.has(name))
      return [...own.map(full), ...inner.flatMap((each) => each.unread())]
    },
  }
}

/** Metadata after a change: an empty value takes a key away, an empty parameter takes all away. */
export function changedMetadata(
  before: Record<string, string> | null,
  params: Params,
): Record<string, string> {
  const given = params.pairs('metadata')
  if (given === undefined) return before ?? {}
  if (Object.keys(given).length === 0) return {}
  const merged = { ...before, ...given }
  const kept = Object.entries(merged).filter(([, each]) => each !== '')
  if (kept.length > 50) throw invalid('Metadata can have up to 50 keys.', { param: 'metadata' })
  for (const [name, each] of kept)
    if (name.length > 40 || each.length > 500)
      throw invalid('Metadata keys have up to 40 characters, values up to 500.', {
        param: `metadata[${name}]`,
      })
  return Object.fromEntries(kept)
}
