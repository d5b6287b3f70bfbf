import { splitPath, type AnyAction, type Circumstances, type LoadedRecords } from './define.ts'
import { formatValue, valueAt, type FoundValue } from './format.ts'
import { messagesFor, type Messages } from './messages/index.ts'
import { parametersOf } from './parameters.ts'
import { fillTemplate } from './template.ts'

type Parameters = Readonly<Record<string, unknown>>

/** For whom a message is written. */
export interface Reader {
  locale: string
  /** What `{business.name}` stands for in a text that the message quotes. */
  businessName: string
}

function parameterAt(action: AnyAction, parameters: Parameters, name: string): FoundValue | undefined {
  const info = parametersOf(action.parameters).find((p) => p.name === name)
  return info && { kind: info.kind, value: parameters[name] ?? null }
}

function wordsAt(
  action: AnyAction,
  records: LoadedRecords,
  parameters: Parameters,
  path: string,
  { locale, businessName }: Reader,
): string | null {
  const [record] = splitPath(path)
  if (record !== null) {
    const found = valueAt(action.records, records, path)
    if (!found) throw new RangeError(`${action.type} has no ${path} to show`)
    return formatValue(found, locale)
  }
  const found = parameterAt(action, parameters, path)
  if (!found) throw new RangeError(`${action.type} has no parameter ${path} to show`)
  if (found.kind === 'template' && typeof found.value === 'string') {
    const now = {
      today: '',
      now: '',
      currency: '',
      locale,
      businessName,
    } satisfies Circumstances
    return fillTemplate(action, found.value, records, now).text
  }
  if (found.kind === 'choice' && typeof found.value === 'string') {
    const choices: Record<string, string> = messagesFor(locale).choices
    return choices[found.value] ?? found.value
  }
  return formatValue(found, locale)
}

/**
 * Writes out a message: `{record.field}` and `{parameter}` are replaced by real values formatted for
 * the locale; of `[one|other|…]` the first part stands whose values are all there, or nothing.
 */
export function renderMessage(
  reader: Reader,
  action: AnyAction,
  message: string,
  records: LoadedRecords,
  parameters: Parameters,
): string {
  const words = (path: string) => wordsAt(action, records, parameters, path, reader)
  const fill = (part: string): string | null => {
    let isComplete = true
    const text = part.replaceAll(/\{([^}]+)\}/g, (_, path: string) => {
      const value = words(path)
      isComplete &&= value !== null
      return value ?? '–'
    })
    return isComplete ? text : null
  }
  return message.replaceAll(/\[([^\]]*)\]|\{([^}]+)\}/g, (_, choices: string | undefined, path: string) => {
    if (choices === undefined) return words(path) ?? '–'
    for (const choice of choices.split('|')) {
      const text = fill(choice)
      if (text !== null) return text
    }
    return ''
  })
}

/** The message of an action type in a locale, or undefined where the type has none of that sort. */
export function messageOf(
  locale: string,
  type: string,
  sort: 'name' | 'sentence' | 'carryOver' | 'noUndo',
): string | undefined {
  const messages: Messages['actions'] = messagesFor(locale).actions
  const all: Readonly<Record<string, Readonly<Record<string, string>>>> = messages
  return all[type]?.[sort]
}
