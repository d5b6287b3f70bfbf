import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { parse } from 'yaml'

// Writes spec.json.gz from Stripe's own description: `node build-spec.ts spec3.yaml.gz`.

type Json = { [name: string]: unknown }

const objects = (
  'account account_link account_session balance balance_transaction bank_account billing_portal.session capability charge ' +
  'checkout.session coupon credit_note credit_note_line_item customer customer_balance_transaction discount dispute event ' +
  'exchange_rate file invoice invoiceitem line_item login_link payment_intent payment_method payout plan price product refund ' +
  'setup_intent subscription subscription_item test_helpers.test_clock transfer transfer_reversal webhook_endpoint'
).split(' ')

const resources = (
  'account account_links account_sessions accounts balance balance_transactions billing_portal charges checkout coupons ' +
  'credit_notes customers disputes events exchange_rates files invoiceitems invoices payment_intents payment_methods ' +
  'payouts prices products refunds setup_intents subscription_items subscriptions test_helpers transfers webhook_endpoints'
).split(' ')

const [file] = process.argv.slice(2)
if (!file) throw new Error('Which file? node build-spec.ts spec3.yaml.gz')
const spec = parse(gunzipSync(readFileSync(file)).toString(), { maxAliasCount: -1 }) as {
  components: { schemas: Record<string, Json> }
  paths: Record<string, Record<string, Json>>
}
const schemas = spec.components.schemas

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What an object calls itself; undefined for a part of another. */
function nameOf(schema: Json | undefined): string | undefined {
  const object = (schema?.['properties'] as Json | undefined)?.['object']
  const values = isJson(object) ? object['enum'] : undefined
  return Array.isArray(values) && typeof values[0] === 'string' ? values[0] : undefined
}

const kept = 'type enum required items anyOf additionalProperties minimum maximum maxLength'.split(' ')

/** A schema of OpenAPI 3.0 as JSON Schema; another object within it is only known by its name. */
function converted(schema: Json, needed: Set<string>): Json {
  if (typeof schema['$ref'] === 'string') {
    const name = schema['$ref'].split('/').at(-1) ?? ''
    const object = nameOf(schemas[name])
    if (object) return { type: 'object', required: ['object'], properties: { object: { enum: [object] } } }
    needed.add(name)
    return { $ref: `#/$defs/${name}` }
  }
  const made: Json = {}
  for (const key of kept) {
    const value = schema[key]
    if (value === undefined) continue
    if (key === 'anyOf') made[key] = (value as Json[]).map((each) => converted(each, needed))
    else made[key] = isJson(value) ? converted(value, needed) : value
  }
  if (isJson(schema['properties']))
    made['properties'] = Object.fromEntries(
      Object.entries(schema['properties']).map(([name, each]) => [name, converted(each as Json, needed)]),
    )
  if (!schema['nullable']) return made
  if (made['anyOf']) return { ...made, anyOf: [...(made['anyOf'] as Json[]), { type: 'null' }] }
  return {
    ...made,
    type: [made['type'], 'null'],
    ...(made['enum'] ? { enum: [...(made['enum'] as unknown[]), null] } : {}),
  }
}

const defs: Record<string, Json> = {}
const needed = new Set<string>()
const named: Record<string, Json> = {}
for (const [name, schema] of Object.entries(schemas)) {
  const object = nameOf(schema)
  if (!object || !objects.includes(object)) continue
  if (name === object) named[object] = converted(schema, needed)
  if (name === `deleted_${object}`) named[`deleted ${object}`] = converted(schema, needed)
}

const requests: Record<string, Json> = {}
for (const [path, methods] of Object.entries(spec.paths)) {
  if (!resources.includes(path.split('/')[2] ?? '')) continue
  for (const [method, operation] of Object.entries(methods)) {
    const parameters = (operation['parameters'] ?? []) as {
      in: string
      name: string
      required?: boolean
      schema: Json
    }[]
    const query = parameters.filter((each) => each.in === 'query')
    const content = ((operation['requestBody'] as Json | undefined)?.['content'] ?? {}) as Record<
      string,
      { schema: Json }
    >
    const body = (content['application/x-www-form-urlencoded'] ?? content['multipart/form-data'])?.schema
    const schema: Json =
      method === 'post' && body
        ? body
        : {
            type: 'object',
            additionalProperties: false,
            properties: Object.fromEntries(query.map((each) => [each.name, each.schema])),
            required: query.filter((each) => each.required).map((each) => each.name),
          }
    requests[`${method.toUpperCase()} ${path.replaceAll(/\{[^}]+\}/g, ':')}`] = converted(schema, needed)
  }
}

for (const name of needed) {
  const found = schemas[name]
  if (found) defs[name] = converted(found, needed)
}
const text = JSON.stringify({ objects: named, requests, parts: defs })
writeFileSync(join(import.meta.dirname, 'spec.json.gz'), gzipSync(text, { level: 9 }))
console.log(
  `${Object.keys(named).length} objects, ${Object.keys(requests).length} requests, ${Object.keys(defs).length} parts, ${text.length} bytes`,
)
