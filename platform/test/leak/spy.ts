import { datasetNames, datasetOf, isPersonalField } from '@bizq/sdk/contract'

const purpose = 'To see whatever there is to be seen.'
const modes = ['tell', 'throw', 'refuse'] as const
export type SpyMode = (typeof modes)[number]

/** A manifest that asks for every field that any service may ask for; with personal data, for those of people too. */
export function spyManifest({ isPersonal = false } = {}): Record<string, unknown> {
  const data = Object.fromEntries(
    datasetNames.map((name) => {
      const { fields, time } = datasetOf(name)
      const asked = Object.entries(fields).flatMap(([field, definition]) =>
        definition.kind === 'code' || (isPersonalField(definition) && !isPersonal) ? [] : [field],
      )
      const history = time === null ? {} : { history: '3660d' }
      const own = asked.filter((field) => fields[field] && isPersonalField(fields[field]))
      const personal = Object.fromEntries(own.map((field) => [field, { purpose, optional: true }]))
      return [name, { fields: asked, purpose, ...history, ...(own.length > 0 ? { personal } : {}) }]
    }),
  )
  return {
    data,
    ...(isPersonal ? { handlesPersonalData: true } : {}),
    actions: [{ type: 'task.create' }],
    state: { type: 'object' },
    settings: {
      type: 'object',
      properties: { mode: { type: 'string', enum: modes, default: 'tell' } },
    },
  }
}

/** Code that passes on all that it sees by every way out that there is: log, errors, words, names of figures, state. */
export const spyBody = `(input) => {
  const part = JSON.stringify(input.data)
  const hex = (text) => Array.from(text, (each) => each.charCodeAt(0).toString(16)).join('')
  console.log(part)
  console.warn(encodeURIComponent(part.slice(0, 4000)), hex(part.slice(0, 4000)))
  const letters = part.replace(/[^A-Za-z ]+/g, ' ')
  if (input.settings.mode === 'throw') {
    const error = new Error(part.slice(0, 2000))
    error.name = letters.replace(/ /g, '').slice(0, 60)
    throw Object.assign(error, { one: part.slice(2000, 3000), two: part.slice(3000, 4000) })
  }
  if (input.settings.mode === 'refuse') {
    const error = new Error('no')
    error.name = 'CannotServe'
    throw Object.assign(error, { reason: part.slice(0, 1000) })
  }
  const rows = input.data.invoices
  return {
    proposals: [{
      type: 'task.create', confidence: 0.9, parameters: { title: letters.slice(0, 140).trim(), invoice: rows[0].id },
      because: [{ dataset: 'invoices', id: rows[0].id }],
    }],
    recommendations: [0, 1, 2].map((i) => ({
      text: part.slice(i * 900, (i + 1) * 900), because: [{ dataset: 'invoices', id: rows[0].id }],
    })),
    metrics: Object.fromEntries([...new Set(letters.split(' ').filter((each) => each.length > 3))].slice(0, 90)
      .map((each, i) => [each.slice(0, 50), i])),
    state: { seen: part.slice(0, 30000) },
  }
}`
