import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { differences, type Difference } from '../differences.ts'
import type { SeenRequest } from '../index.ts'

type Json = Record<string, unknown>
interface Spec {
  objects: Record<string, Json>
  requests: Record<string, Json>
  parts: Record<string, Json>
}

const text = gunzipSync(readFileSync(join(import.meta.dirname, 'spec/spec.json.gz')))
  .toString()
  .replaceAll('"#/$defs/', '"parts#/$defs/')
const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The schema at `a.b` within another: where an object's fields are listed. */
function fieldsAt(schema: Json, path: string[]): Json {
  const properties = (schema['properties'] ??= {}) as Json
  const [name, ...rest] = path
  if (name === undefined) return schema
  const inner = properties[name]
  const alternatives = isJson(inner) && Array.isArray(inner['anyOf']) ? (inner['anyOf'] as Json[]) : []
  const items = isJson(inner) && isJson(inner['items']) ? inner['items'] : inner
  const object = alternatives.find((each) => isJson(each['properties'])) ?? items
  if (!isJson(object)) throw new Error(`${name} has no fields of its own`)
  return fieldsAt(object, rest)
}

function apply(spec: Spec, { of, field, change }: Difference): void {
  if (field === '*') {
    const table = of.includes(' /') ? spec.requests : spec.objects
    table[of] = {}
    return
  }
  const schema = spec.requests[of] ?? spec.objects[of] ?? spec.parts[of]
  if (!schema) throw new Error(`differences.ts names ${of}, which Stripe's description does not have`)
  const path = field.split('.')
  const name = path.pop() ?? ''
  const fields = fieldsAt(schema, path)
  if (change === 'gone')
    fields['required'] = ((fields['required'] ?? []) as string[]).filter((each) => each !== name)
  else (fields['properties'] as Json)[name] = {}
}

export interface Judge {
  /** What an answer and every object within it has otherwise than Stripe's description; empty: it conforms. */
  conforms(answer: unknown): string[]
  /** The same of a request. */
  requestProblems(seen: Pick<SeenRequest, 'method' | 'path' | 'params'>): string[]
}

/** Judges by Stripe's description of 2023 with these differences; one object `only`, if it is named. */
export function createJudge(known: Difference[] = differences, only?: string): Judge {
  const spec = JSON.parse(text) as Spec
  for (const difference of known) apply(spec, difference)
  const validators = new Map<string, ValidateFunction>()
  const [strict, coercing] = [false, true].map((coerceTypes) => {
    const ajv = new Ajv2020({ allErrors: true, strict: false, coerceTypes, validateFormats: false })
    return ajv.addSchema({ $id: 'parts', $defs: spec.parts })
  })

  function validator(name: string, schema: Json, coerces: boolean): ValidateFunction {
    const made = validators.get(name) ?? (coerces ? coercing : strict)?.compile(schema)
    if (!made) throw new Error('no validator')
    validators.set(name, made)
    return made
  }
  const problemsOf = (name: string, schema: Json, value: unknown, coerces = false): string[] => {
    const validate = validator(name, schema, coerces)
    if (validate(value)) return []
    return (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const extra = (params as { additionalProperty?: string }).additionalProperty
      return `${name}${instancePath} ${message ?? ''}${extra ? ` (${extra})` : ''}`
    })
  }

  function conforms(value: unknown): string[] {
    if (Array.isArray(value)) return value.flatMap(conforms)
    if (!isJson(value)) return []
    const inner = Object.entries(value).flatMap(([name, each]) =>
      name === 'previous_attributes' ? [] : conforms(each),
    )
    const object = value['object']
    const name = value['deleted'] === true ? `deleted ${String(object)}` : String(object)
    if (typeof object !== 'string' || object === 'list' || (only && only !== name)) return inner
    const schema = spec.objects[name]
    return schema
      ? [...problemsOf(name, schema, value), ...inner]
      : [`${name} is not in Stripe's description`, ...inner]
  }

  return {
    conforms: (answer) => [...new Set(conforms(answer))],
    requestProblems({ method, path, params }) {
      const names = Object.keys(spec.requests).filter((each) => {
        const [verb, pattern = ''] = each.split(' ')
        return (
          verb === method &&
          new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(':', '[^/]+')}$`).test(path)
        )
      })
      // The most exact one: the fewest places for an id.
      const name = names.toSorted((a, b) => a.split(':').length - b.split(':').length)[0]
      if (!name) return [`${method} ${path} is not in Stripe's description`]
      return problemsOf(name, spec.requests[name] ?? {}, structuredClone(params), true)
    },
  }
}

const judge = createJudge()
export const conforms = judge.conforms
export const requestProblems = judge.requestProblems
