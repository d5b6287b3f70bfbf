import type { ExecutionInput, Manifest } from '@bizq/sdk/contract'
import { checkAgainstInTime } from '@bizq/sdk/contract/host'
import type { Case } from './inputs/case.ts'

interface Property {
  type?: string
  enum?: unknown[]
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  default?: unknown
}

export interface SettingVariant {
  setting: string
  case: Case
  /** Whether it is as far as the schema lets the setting go. */
  isEnd: boolean
}

/** The values that a setting is tried at, the ends of its range first. */
function valuesOf({ type, enum: choices, minimum, maximum, default: usual }: Property): [unknown, boolean][] {
  if (choices) return choices.map((choice) => [choice, true])
  if (type === 'boolean') return [true, false].map((value) => [value, true])
  if (type === 'string') return ['other', ''].map((value) => [value, false])
  if (type !== 'number' && type !== 'integer') return []
  const base = typeof usual === 'number' ? usual : (minimum ?? 1)
  const ends = [minimum, maximum].filter((end) => end !== undefined && Math.abs(end) < 1e9)
  return [
    ...ends.map((end): [unknown, boolean] => [end, true]),
    [base * 2, false],
    [base / 2, false],
    [base + 1, false],
  ]
}

/** A case with one setting changed at a time, to whatever its schema allows. */
export function settingVariants(manifest: Manifest, of: Case): SettingVariant[] {
  const schema = manifest.settings
  const properties = (schema?.['properties'] ?? {}) as Record<string, Property>
  return Object.entries(properties).flatMap(([setting, property]) =>
    valuesOf(property).flatMap(([value, isEnd]): SettingVariant[] => {
      const settings = { ...of.settings, [setting]: value } as ExecutionInput['settings']
      if (!schema || value === of.settings[setting] || !checkAgainstInTime(schema, settings).ok) return []
      return [
        { setting, isEnd, case: { ...of, settings, name: `${of.name}, with ${setting} ${String(value)}` } },
      ]
    }),
  )
}
