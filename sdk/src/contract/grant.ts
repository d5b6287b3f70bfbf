import { z } from 'zod'
import { defaultMask, type Field, type Mask } from './dataset.ts'
import { datasetNames, datasetOf, DatasetName, type DatasetName as Dataset } from './datasets/index.ts'
import {
  History,
  historyDays,
  isPersonalField,
  personalFields,
  type Manifest,
  type PersonalField,
} from './manifest.ts'

/** Personal fields, named one by one. */
export const PersonalFields = z.partialRecord(DatasetName, z.array(z.string()).min(1))
export type PersonalFields = z.infer<typeof PersonalFields>

/** How much of a manifest's request an operator agrees to. */
export const Consent = z.strictObject({
  /** The fields of each dataset that may be read. */
  fields: z.partialRecord(DatasetName, z.array(z.string()).min(1)),
  money: z.enum(['exact', 'scaled']),
  /** The window of each dataset that has a time field. */
  history: z.partialRecord(DatasetName, History),
  /** The consent of its own: the personal fields, of those in `fields`, that leave as they are. Whatever is not named is withheld. */
  personal: PersonalFields.optional(),
})
export type Consent = z.infer<typeof Consent>

export type GrantMasks = Partial<Record<Dataset, Readonly<Record<string, Mask>>>>

/** The consent that agrees to everything that a manifest asks for, to each personal field by its name. */
export function fullConsent(manifest: Manifest): Consent {
  const asked = datasetNames.flatMap((name) =>
    manifest.data[name] ? [[name, manifest.data[name]] as const] : [],
  )
  return {
    fields: Object.fromEntries(asked.map(([name, request]) => [name, request.fields])),
    money: manifest.money === 'scaled' ? 'scaled' : 'exact',
    history: Object.fromEntries(asked.flatMap(([name, { history }]) => (history ? [[name, history]] : []))),
    ...personalPart(personalFields(manifest)),
  }
}

function personalPart(named: readonly Pick<PersonalField, 'dataset' | 'field'>[]): Pick<Consent, 'personal'> {
  if (named.length === 0) return {}
  const personal: PersonalFields = {}
  for (const { dataset, field } of named) personal[dataset] = [...(personal[dataset] ?? []), field]
  return { personal }
}

/** The same consent with just these of its personal fields. */
export function keepPersonal(
  { personal, ...rest }: Consent,
  isKept: (dataset: Dataset, field: string) => boolean = () => false,
): Consent {
  return {
    ...rest,
    ...personalPart(namedFields(personal).filter(({ dataset, field }) => isKept(dataset, field))),
  }
}

/** Personal fields as a list, in the order of the contract. */
export function namedFields(personal: PersonalFields = {}): { dataset: Dataset; field: string }[] {
  return datasetNames.flatMap((dataset) =>
    [...new Set(personal[dataset])].toSorted().map((field) => ({ dataset, field })),
  )
}

/** Whether two lists of personal fields name the same. */
export function isSamePersonal(a: PersonalFields | undefined, b: PersonalFields | undefined): boolean {
  return JSON.stringify(namedFields(a)) === JSON.stringify(namedFields(b))
}

export interface ConsentProblem {
  /** JSON Pointer into the consent. */
  pointer: string
  detail: string
}

/**
 * What is wrong with a consent for a manifest: it may be narrower where the manifest can do without, and never wider.
 * Of personal fields, the ones that it cannot do without have to be named.
 */
export function checkConsent(manifest: Manifest, consent: Consent): ConsentProblem[] {
  return [...checkDraft(manifest, consent), ...missingPersonal(manifest, consent)]
}

function missingPersonal(manifest: Manifest, { fields, personal }: Consent): ConsentProblem[] {
  return personalFields(manifest)
    .filter(
      ({ dataset, field, isOptional }) =>
        !isOptional && fields[dataset] && !personal?.[dataset]?.includes(field),
    )
    .map(({ dataset, field }) => ({
      pointer: `/personal/${dataset}`,
      detail: `the service cannot work without ${dataset}.${field}, which is personal: agree to it by name`,
    }))
}

/** The same of a consent that is only looked at: personal fields are not agreed to yet. */
export function checkDraft(manifest: Manifest, consent: Consent): ConsentProblem[] {
  const problems: ConsentProblem[] = []
  const refuse = (pointer: string, detail: string) => problems.push({ pointer, detail })
  for (const name of datasetNames) {
    const request = manifest.data[name]
    const granted = consent.fields[name]
    if (!request && granted) refuse(`/fields/${name}`, `the service does not ask for ${name}`)
    if (!request) continue
    if (!granted && !request.optional) refuse(`/fields/${name}`, `the service cannot work without ${name}`)
    if (!granted) continue
    const extra = granted.filter((field) => !request.fields.includes(field))
    if (extra.length) refuse(`/fields/${name}`, `the service does not ask for ${extra.join(', ')}`)
    const missing = request.fields.filter((field) => !granted.includes(field))
    if (missing.length) refuse(`/fields/${name}`, `the service cannot work without ${missing.join(', ')}`)
    const [asked, given] = [request.history, consent.history[name]]
    if (asked !== undefined && given === undefined)
      refuse(`/history/${name}`, `say how far back, at most ${asked}`)
    if (given !== undefined && (asked === undefined || historyDays(given) > historyDays(asked))) {
      refuse(
        `/history/${name}`,
        asked === undefined ? `${name} comes whole` : `the service asks for ${asked} at most`,
      )
    }
  }
  if (consent.money === 'exact' && manifest.money === 'scaled')
    refuse('/money', 'the service asks for scaled money only')
  const askedPersonal = new Set(personalFields(manifest).map(({ dataset, field }) => `${dataset}.${field}`))
  for (const { dataset, field } of namedFields(consent.personal)) {
    if (!askedPersonal.has(`${dataset}.${field}`))
      refuse(`/personal/${dataset}`, `the service asks for no personal ${dataset}.${field}`)
    else if (!consent.fields[dataset]?.includes(field))
      refuse(`/personal/${dataset}`, `${dataset}.${field} is not among the fields that may be read`)
  }
  return problems
}

function maskOf(field: Field, money: Consent['money'], isNamed: boolean): Mask {
  if (field.kind === 'money' && money === 'exact') return 'clear'
  if (isNamed && isPersonalField(field) && field.classification !== 'secret') return 'clear'
  return defaultMask(field)
}

/** The mask of every field that both manifest and consent name. A field that is `withheld` is null in every row. */
export function grantMasks(manifest: Manifest, consent: Consent): GrantMasks {
  const masks: GrantMasks = {}
  for (const name of datasetNames) {
    const granted = consent.fields[name]?.filter((field) => manifest.data[name]?.fields.includes(field))
    if (!granted?.length) continue
    const definitions = datasetOf(name).fields
    masks[name] = Object.fromEntries(
      granted.flatMap((field) => {
        const isNamed = consent.personal?.[name]?.includes(field) ?? false
        return definitions[field] ? [[field, maskOf(definitions[field], consent.money, isNamed)]] : []
      }),
    )
  }
  return masks
}

/** What makes a release major. */
export type MajorCode =
  | 'new-dataset'
  | 'new-field'
  | 'dataset-required'
  | 'longer-window'
  | 'new-action'
  | 'higher-maximum'
  | 'exact-money'
  | 'personal-data'
  | 'remote-runtime'
  | 'higher-price'

export interface MajorReason {
  code: MajorCode
  /** In plain words, for the operator. */
  detail: string
}

/**
 * Whether a release needs consent anew: it asks for more data, riskier actions, exact money, another
 * runtime, or a higher price than the release that the operator agreed to.
 */
export function compareConsent(old: Manifest, next: Manifest): { major: boolean; reasons: MajorReason[] } {
  const reasons = [
    ...compareData(old, next),
    ...comparePersonal(old, next),
    ...compareActions(old, next),
    ...compareTerms(old, next),
  ]
  return { major: reasons.length > 0, reasons }
}

function compareData(old: Manifest, next: Manifest): MajorReason[] {
  return datasetNames.flatMap((name): MajorReason[] => {
    const [before, after] = [old.data[name], next.data[name]]
    if (!after) return []
    if (!before) return [{ code: 'new-dataset', detail: `it now reads ${name}: ${after.fields.join(', ')}` }]
    const reasons: MajorReason[] = []
    const fields = after.fields.filter((field) => !before.fields.includes(field))
    if (fields.length)
      reasons.push({ code: 'new-field', detail: `it now reads ${fields.join(', ')} of ${name}` })
    if (before.optional && !after.optional) {
      reasons.push({ code: 'dataset-required', detail: `it can no longer do without ${name}` })
    }
    if (historyDays(after.history ?? '0') > historyDays(before.history ?? '0')) {
      reasons.push({
        code: 'longer-window',
        detail: `it now reads ${after.history} of ${name} instead of ${before.history}`,
      })
    }
    return reasons
  })
}

function comparePersonal(old: Manifest, next: Manifest): MajorReason[] {
  const known = new Map(personalFields(old).map((each) => [`${each.dataset}.${each.field}`, each]))
  return personalFields(next).flatMap(({ dataset, field, purpose, isOptional }): MajorReason[] => {
    const before = known.get(`${dataset}.${field}`)
    const reason = (detail: string): MajorReason => ({ code: 'personal-data', detail })
    if (!before) return [reason(`it now asks for ${field} of ${dataset}, which is personal: “${purpose}”`)]
    return [
      ...(before.isOptional && !isOptional
        ? [reason(`it can no longer do without ${field} of ${dataset}, which is personal`)]
        : []),
      ...(before.purpose === purpose
        ? []
        : [reason(`it wants ${field} of ${dataset}, which is personal, for something else: “${purpose}”`)]),
    ]
  })
}

function compareActions(old: Manifest, next: Manifest): MajorReason[] {
  return next.actions.flatMap(({ type, max }): MajorReason[] => {
    const before = old.actions.find((action) => action.type === type)
    if (!before) return [{ code: 'new-action', detail: `it may now propose ${type}` }]
    if (!before.max) return []
    if (max && max.currency === before.max.currency && max.amount <= before.max.amount) return []
    return [{ code: 'higher-maximum', detail: `the highest stake of one ${type} rises` }]
  })
}

function compareTerms(old: Manifest, next: Manifest): MajorReason[] {
  const reasons: MajorReason[] = []
  if (next.money !== 'scaled' && old.money === 'scaled') {
    reasons.push({ code: 'exact-money', detail: `it now asks for exact amounts: ${next.money.exact}` })
  }
  if (next.handlesPersonalData && !old.handlesPersonalData) {
    reasons.push({ code: 'personal-data', detail: 'it now asks for personal data' })
  }
  if (next.runtime.kind === 'remote') {
    const origin = new URL(next.runtime.endpoint).origin
    if (old.runtime.kind !== 'remote' || new URL(old.runtime.endpoint).origin !== origin) {
      reasons.push({ code: 'remote-runtime', detail: `it now runs outside the platform, at ${origin}` })
    }
  }
  return [...reasons, ...comparePrices(old.pricing, next.pricing)]
}

interface Price {
  amount: number
  currency: string
}

function isAbove(next: Price | undefined, old: Price | undefined): boolean {
  if (next === undefined || next.amount <= 0) return false
  return old === undefined || next.currency !== old.currency || next.amount > old.amount
}

function priceInWords({ amount, currency }: Price): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}

/** `rises` only ever stands after what rises: going back, the same words fall. */
function comparePrices(old: Manifest['pricing'], next: Manifest['pricing']): MajorReason[] {
  const reasons: MajorReason[] = []
  const rises = (what: string, from: Price | undefined, to: Price, each: string) => {
    const range = from ? `from ${priceInWords(from)} to ${priceInWords(to)}` : `to ${priceInWords(to)}`
    reasons.push({ code: 'higher-price', detail: `${what} rises ${range}${each}` })
  }
  if (next.monthly && isAbove(next.monthly, old.monthly))
    rises('its price', old.monthly, next.monthly, ' a month')
  for (const { unit, price, included = 0, per = 'execution' } of next.usage ?? []) {
    const before = old.usage?.find((usage) => usage.unit === unit)
    if (before && price.amount > 0 && (before.per ?? 'execution') !== per) {
      const detail = `a ${unit} is counted by ${per} instead of ${before.per ?? 'execution'}`
      reasons.push({ code: 'higher-price', detail })
    }
    if (isAbove(price, before?.price)) rises(`its price for each ${unit}`, before?.price, price, '')
    else if (price.amount > 0 && included < (before?.included ?? 0)) {
      const detail = `it includes ${included} instead of ${before?.included} of each ${unit} a month`
      reasons.push({ code: 'higher-price', detail })
    }
  }
  return reasons
}
