import type { JsonSchema } from '#lib/api/catalogue.ts'

/** The settings that a posted form says, typed by the manifest's schema; a field left empty is left out. */
export function readSettings(schema: JsonSchema | null | undefined, form: FormData): Record<string, unknown> {
  const settings: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(schema?.properties ?? {})) {
    if (property.type === 'boolean') {
      settings[name] = form.get(`setting.${name}`) === 'on'
      continue
    }
    if (property.properties?.['amount'] && property.properties['currency']) {
      const money = readMoney(form, name)
      if (money) settings[name] = money
      continue
    }
    const given = form.get(`setting.${name}`)
    if (typeof given !== 'string' || given.trim() === '') continue
    settings[name] = readValue(property, given.trim())
  }
  return settings
}

function readValue(property: JsonSchema, given: string): unknown {
  if (property.type === 'integer' || property.type === 'number') return Number(given)
  if (property.type === 'array') {
    return given
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)
  }
  return given
}

function readMoney(form: FormData, name: string) {
  const major = form.get(`setting.${name}.major`)
  const currency = form.get(`setting.${name}.currency`)
  if (typeof major !== 'string' || major.trim() === '' || typeof currency !== 'string') return undefined
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  return { amount: Math.round(Number(major) * 10 ** digits), currency }
}
