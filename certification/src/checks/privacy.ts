import { datasetNames, datasetOf, type Manifest } from '@bizq/sdk/contract'
import type { Check, Finding } from '../check.ts'
import { makeInput } from '../inputs.ts'

/** Personal values as they would stand in a text if redaction had missed them. */
const planted = [
  'Wilhelmina Okonkwo-Fairweather',
  'w.okonkwo.fairweather@mailbox.example',
  '+44 7700 900461',
  '17 Quillfeather Terrace',
  'GB33BUKB20201555555555',
]

const hexOf = (text: string) =>
  Array.from(new TextEncoder().encode(text), (b) => b.toString(16).padStart(2, '0')).join('')
const base64Of = (text: string) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text))).replace(/=+$/, '')

/** The forms in which a value may come back out: whole, in parts of four or more characters, folded, and encoded. */
export function formsOf(value: string): string[] {
  const parts = value.split(/[^\p{L}\p{N}]+/u).filter((part) => part.length >= 4)
  const cased = [value, ...parts].flatMap((form) => [form, form.toLowerCase(), form.toUpperCase()])
  const forms = cased.flatMap((form) => [form, hexOf(form), base64Of(form), encodeURIComponent(form)])
  return [...new Set(forms.map((form) => form.toLowerCase()))]
}

function hasText(manifest: Manifest): boolean {
  return datasetNames.some((name) =>
    manifest.data[name]?.fields.some((field) => datasetOf(name).fields[field]?.kind === 'text'),
  )
}

export const plantedValuesStay: Check = {
  id: 'privacy.planted-values',
  group: 'privacy',
  severity: 'error',
  title: 'Personal values planted in the input do not come back out',
  why: 'Whatever redaction misses must not travel on through outputs, logs or errors.',
  howToMend:
    'Never copy free text into parameters, recommendations, metrics, state, logs or error messages; name records by id.',
  async run({ manifest, run }) {
    if (!hasText(manifest)) return []
    let next = 0
    const text = () => `Spoke to ${planted[next++ % planted.length]} about it`
    const result = await run(makeInput(manifest, { count: 60, seed: 7, text }))
    const said: [where: string, text: string][] = [['the log', result.log]]
    if (result.outcome === 'succeeded') said.push(['the output', result.output])
    else if (result.outcome === 'failed') said.push(['the error', JSON.stringify(result.error)])
    return said.flatMap(([where, text]) =>
      planted.flatMap((value): Finding[] => {
        const found = formsOf(value).find((form) => text.toLowerCase().includes(form))
        return found === undefined
          ? []
          : [{ detail: `${where} holds “${found}”, of the planted “${value}”`, input: 'planted values' }]
      }),
    )
  },
}
