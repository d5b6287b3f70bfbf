import { z } from 'zod'
import { actionOf, ActionType } from './actions/index.ts'
import { categories, Category } from './categories.ts'
import type { Field } from './dataset.ts'
import { datasetNames, datasetOf, type DatasetName } from './datasets/index.ts'
import { isChargeable } from './currency.ts'
import { executionLimits } from './limits.ts'
import { Money } from './money.ts'

/** A window of history in days, `180d`; counted by the dataset's time field. */
export const History = z.templateLiteral([z.int().min(1).max(3660), 'd'])
export type History = `${number}d`

/** The days of a window: `180d` is 180. */
export function historyDays(history: string): number {
  return Number.parseInt(history, 10)
}

/** The kinds that are people's own: they leave only for a service certified to handle personal data. */
const personalKinds: ReadonlySet<Field['kind']> = new Set([
  'personName',
  'email',
  'phone',
  'street',
  'iban',
  'taxNumber',
  'place',
])

export function isPersonalField(field: Pick<Field, 'kind'>): boolean {
  return personalKinds.has(field.kind)
}

/** What one personal field is for, in the provider’s words, and whether the service can do without it. */
const PersonalRequest = z.strictObject({
  purpose: z.string().trim().min(10).max(300),
  optional: z.boolean().optional(),
})
type PersonalRequest = z.infer<typeof PersonalRequest>

function datasetRequest(name: DatasetName) {
  const fields = Object.keys(datasetOf(name).fields) as [string, ...string[]]
  return z.strictObject({
    fields: z
      .array(z.enum(fields))
      .min(1)
      .refine((asked) => new Set(asked).size === asked.length, 'names a field twice'),
    history: History.optional(),
    purpose: z.string().trim().min(10).max(300),
    optional: z.boolean().optional(),
    /** The purpose of each personal field among `fields`: the operator agrees to them one by one. */
    personal: z.partialRecord(z.enum(fields), PersonalRequest).optional(),
  })
}

const Data = z.strictObject(
  Object.fromEntries(datasetNames.map((name) => [name, datasetRequest(name).optional()])) as {
    [D in DatasetName]: z.ZodOptional<ReturnType<typeof datasetRequest>>
  },
)

/** The largest amount of one charge, in minor units: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const largestAmount = 99_999_999

const PriceAmount = Money.superRefine(({ amount, currency }, context) => {
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message })
  if (amount < 0) refuse('amount', 'a price must not be negative: use 0 or more minor units')
  if (amount > largestAmount)
    refuse('amount', `a price may be ${largestAmount} minor units at most: no card is charged more at once`)
  if (!isChargeable(currency))
    refuse('currency', `${currency} is no currency that can be charged: use one such as USD, EUR or GBP`)
})

const UsagePrice = z.strictObject({
  /** One of what is counted, in the singular, as it is shown. */
  unit: z.string().trim().min(1).max(40),
  price: PriceAmount,
  /**
   * What the platform counts: executions that succeeded, or carried-out actions of a type that the manifest
   * declares. Executions, if left out.
   */
  per: z.union([z.literal('execution'), ActionType]).optional(),
  /** How many a month are in the monthly price. */
  included: z.int().min(0).optional(),
})

const Pricing = z
  .strictObject({
    monthly: PriceAmount.optional(),
    usage: z.array(UsagePrice).max(5).optional(),
    trialDays: z.int().min(0).max(90).optional(),
  })
  .refine((p) => p.monthly !== undefined || p.usage !== undefined, 'needs a monthly price or usage prices')
  .refine(
    (p) =>
      new Set([p.monthly, ...(p.usage ?? []).map((u) => u.price)].flatMap((m) => m?.currency ?? [])).size <=
      1,
    'all prices must be in one currency',
  )
  .refine(
    (p) => new Set((p.usage ?? []).map(({ unit }) => unit)).size === (p.usage ?? []).length,
    'names a unit of use twice',
  )

const ActionRequest = z
  .strictObject({
    type: ActionType,
    /** The highest stake of one proposal, in any currency: others are compared by the platform's table. */
    max: Money.optional(),
  })
  .refine((a) => a.max !== undefined || !actionOf(a.type).movesMoneyOut, {
    message: 'moves money out: say the highest stake of one proposal as max',
    path: ['max'],
  })

const sandboxLimits = z.strictObject({
  wallMs: z.int().min(100).max(executionLimits.wallMs).optional(),
  cpuMs: z.int().min(50).max(executionLimits.cpuMs).optional(),
  memoryMib: z.int().min(16).max(executionLimits.memoryMib).optional(),
})

const Runtime = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sandbox'), limits: sandboxLimits.optional() }),
  z.strictObject({ kind: z.literal('remote'), endpoint: z.url({ protocol: /^https$/ }) }),
])

/** What a dataset's import is called when a service runs on new data: `orders.imported`. */
export const ImportEvent = z.enum(datasetNames.map((name) => `${name}.imported` as const))
export const Schedule = z.enum(['hourly', 'daily', 'weekly', 'monthly'])
export type Schedule = z.infer<typeof Schedule>

/** A JSON Schema (draft 2020-12) of an object. */
export const ObjectSchema = z.looseObject({ type: z.literal('object') })

const parts = z.strictObject({
  $schema: z.string().optional(),
  /** The version of the provider contract. */
  contract: z.literal(1),
  service: z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens')
    .max(60),
  version: z
    .string()
    .regex(
      /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9a-z.-]+)?$/i,
      'must be a semantic version such as 1.0.0',
    ),
  name: z.string().trim().min(3).max(60),
  category: Category,
  summary: z.string().trim().min(20).max(200),
  docs: z.url({ protocol: /^https$/ }).optional(),
  support: z.union([z.email(), z.url({ protocol: /^https$/ })]).optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code in capitals')
    .optional(),
  pricing: Pricing,
  capabilities: z.array(z.string()).min(1).max(12),
  data: Data,
  money: z.union([z.literal('scaled'), z.strictObject({ exact: z.string().trim().min(10).max(300) })]),
  actions: z
    .array(ActionRequest)
    .refine((all) => new Set(all.map((a) => a.type)).size === all.length, 'names an action type twice'),
  schedule: Schedule.optional(),
  on: z.array(ImportEvent).min(1).optional(),
  settings: ObjectSchema.optional(),
  runtime: Runtime,
  state: ObjectSchema.optional(),
  /** Whether the bundle makes its own monthly report. */
  report: z.boolean(),
  /** Asks for fields that are personal: needs the certificate of that name and a consent of its own, field by field. */
  handlesPersonalData: z.boolean().optional(),
})

/**
 * What a release says of itself, and all that the platform lets it do. Plain JSON; written by
 * `bizq build`, checked by `Manifest.parse` and by the published JSON Schema (`manifestJsonSchema`).
 */
export const Manifest = parts.superRefine((manifest, context) => {
  const refuse = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message })
  if ((manifest.schedule === undefined) === (manifest.on === undefined)) {
    refuse(['schedule'], 'say either schedule or on')
  }
  ;(manifest.pricing.usage ?? []).forEach(({ per = 'execution' }, i) => {
    if (per !== 'execution' && !manifest.actions.some(({ type }) => type === per))
      refuse(
        ['pricing', 'usage', i, 'per'],
        `${per} is not among the actions of this manifest: declare it, or count executions`,
      )
  })
  const vocabulary: readonly string[] = categories[manifest.category]
  manifest.capabilities.forEach((capability, i) => {
    if (!vocabulary.includes(capability)) {
      refuse(
        ['capabilities', i],
        `${capability} is not in the vocabulary of ${manifest.category}: ${vocabulary.join(', ')}`,
      )
    }
  })
  for (const { dataset, field } of requestedFields(manifest)) {
    const definition = datasetOf(dataset).fields[field]
    const path = ['data', dataset, 'fields']
    if (definition?.kind === 'code' || definition?.classification === 'secret') {
      refuse(path, `${dataset}.${field} never leaves the platform: leave it out`)
    } else if (definition && isPersonalField(definition) && !manifest.handlesPersonalData) {
      refuse(
        path,
        `${dataset}.${field} is personal: leave it out, or set handlesPersonalData and be certified for it`,
      )
    }
  }
  for (const problem of personalProblems(manifest)) refuse(problem.path, problem.detail)
  for (const name of datasetNames) {
    if (manifest.data[name]?.history === undefined || datasetOf(name).time !== null) continue
    refuse(['data', name, 'history'], `${name} has no time and comes whole: leave history out`)
  }
  for (const name of datasetNames) {
    if (!manifest.data[name] || manifest.data[name].history !== undefined || datasetOf(name).time === null)
      continue
    refuse(
      ['data', name, 'history'],
      `${name} counts by ${datasetOf(name).time}: say how far back, such as 180d`,
    )
  }
})
export type Manifest = z.infer<typeof Manifest>

/** Every field that a manifest asks for. */
export function requestedFields(manifest: Pick<Manifest, 'data'>): { dataset: DatasetName; field: string }[] {
  return datasetNames.flatMap((dataset) =>
    (manifest.data[dataset]?.fields ?? []).map((field) => ({ dataset, field })),
  )
}

/** A personal field that a manifest asks for, with what it is for. */
export interface PersonalField {
  dataset: DatasetName
  field: string
  purpose: string
  isOptional: boolean
}

/** Every personal field that a manifest asks for, in the order of the contract. */
export function personalFields(manifest: Pick<Manifest, 'data'>): PersonalField[] {
  return requestedFields(manifest).flatMap(({ dataset, field }) => {
    const definition = datasetOf(dataset).fields[field]
    if (!definition || !isPersonalField(definition)) return []
    const asked: PersonalRequest | undefined = manifest.data[dataset]?.personal?.[field]
    return [{ dataset, field, purpose: asked?.purpose ?? '', isOptional: asked?.optional ?? false }]
  })
}

function personalProblems(manifest: z.infer<typeof parts>): { path: string[]; detail: string }[] {
  const unexplained = manifest.handlesPersonalData
    ? personalFields(manifest).filter(({ purpose }) => purpose === '')
    : []
  const idle = datasetNames.flatMap((dataset) =>
    Object.keys(manifest.data[dataset]?.personal ?? {}).flatMap((field) => {
      const definition = datasetOf(dataset).fields[field]
      const asked: readonly string[] = manifest.data[dataset]?.fields ?? []
      return asked.includes(field) && definition && isPersonalField(definition) ? [] : [{ dataset, field }]
    }),
  )
  return [
    ...unexplained.map(({ dataset, field }) => ({
      path: ['data', dataset, 'personal'],
      detail: `${dataset}.${field} is personal: say what it is for, as personal: { ${field}: { purpose: '…' } }`,
    })),
    ...idle.map(({ dataset, field }) => ({
      path: ['data', dataset, 'personal', field],
      detail: `${dataset}.${field} is no personal field that you ask for: leave it out here`,
    })),
  ]
}

/** The published JSON Schema (draft 2020-12) of a manifest. What it cannot say, `Manifest.parse` checks. */
export function manifestJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(parts, { io: 'input' }), $id: 'https://bizq.example/schemas/manifest-1.json' }
}
