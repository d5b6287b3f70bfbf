import { invalid } from './refusal.ts'

/** A form's value: text, a list, or values by name. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue }
export type FormGroup = { [name: string]: FormValue }

const own = (group: FormGroup, name: string) => (Object.hasOwn(group, name) ? group[name] : undefined)

function place(group: FormGroup, path: string[], value: string): void {
  const [name = '', ...rest] = path
  if (['__proto__', 'constructor', 'prototype'].includes(name))
    throw invalid(`Received unknown parameter: ${name}`)
  const key = name === '' ? String(Object.keys(group).length) : name
  if (rest.length === 0) {
    group[key] = value
    return
  }
  const known = own(group, key)
  if (typeof known === 'string')
    throw invalid(`Invalid hash: ${key} is both a value and a hash`, { param: key })
  const inner = (known ?? {}) as FormGroup
  group[key] = inner
  place(inner, rest, value)
}

/** What was `a[0]`, `a[1]` or `a[]` becomes a list. */
function withLists(value: FormValue): FormValue {
  if (typeof value === 'string' || Array.isArray(value)) return value
  const names = Object.keys(value)
  const inner = names.map((name) => withLists(own(value, name) ?? ''))
  if (names.length > 0 && names.every((name) => /^\d+$/.test(name))) return inner
  return Object.fromEntries(names.map((name, at) => [name, inner[at] ?? '']))
}

/** Reads `a[b][0][c]=d&…`, the encoding of Stripe's requests and queries. */
export function readForm(text: string): FormGroup {
  const form: FormGroup = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split('[').map((part) => part.replace(/\]$/, ''))
    if (path.length > 8) throw invalid(`Invalid parameter: ${name}`, { param: name })
    place(form, path, value)
  }
  // At the top a name is a name, even a number.
  return Object.fromEntries(Object.entries(form).map(([name, value]) => [name, withLists(value)]))
}
