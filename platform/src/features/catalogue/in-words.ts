import {
  datasetNames,
  datasetOf,
  messagesFor,
  personalFields,
  type Manifest,
  type Money,
} from '@bizq/sdk/contract'

function inMoney({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}

const list = new Intl.ListFormat('en', { type: 'conjunction' })

/** `amountDue` among people: amount due. */
const plain = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

/** What a manifest asks for and costs, in English sentences. Every word of the provider's own stands in quotes. */
export function inWords(manifest: Manifest): string[] {
  return [
    ...readsInWords(manifest),
    ...personalInWords(manifest),
    moneyInWords(manifest),
    ...proposesInWords(manifest),
    whenInWords(manifest),
    priceInWords(manifest),
  ]
}

function readsInWords(manifest: Manifest): string[] {
  return datasetNames.flatMap((dataset) => {
    const asked = manifest.data[dataset]
    if (!asked) return []
    const window = asked.history ? ` of the last ${Number.parseInt(asked.history, 10)} days` : ''
    const open = asked.history && datasetOf(dataset).openWhile ? ', and those still open' : ''
    const optional = asked.optional ? ' It can do without.' : ''
    return [
      `Reads ${list.format(asked.fields.map(plain))} of your ${plain(dataset)}${window}${open}. “${asked.purpose}”${optional}`,
    ]
  })
}

function personalInWords(manifest: Manifest): string[] {
  return personalFields(manifest).map(
    ({ dataset, field, purpose, isOptional }) =>
      `Asks for ${plain(field)} of your ${plain(dataset)} as it is, which is personal and takes a consent of its own. “${purpose}”${isOptional ? ' It can do without.' : ''}`,
  )
}

function moneyInWords({ money }: Manifest): string {
  return money === 'scaled'
    ? 'Sees amounts multiplied by a secret factor: blurred, not hidden. Whoever knows one true amount knows the factor.'
    : `Sees exact amounts. “${money.exact}”`
}

function proposesInWords({ actions }: Manifest): string[] {
  if (actions.length === 0) return ['Proposes no actions.']
  const { actions: named } = messagesFor('en')
  return actions.map(
    ({ type, max }) =>
      `May propose: ${named[type].name.toLowerCase()}${max ? `, at most ${inMoney(max)} at stake each time` : ''}.`,
  )
}

function whenInWords({ schedule, on, runtime }: Manifest): string {
  const when = schedule ? `Runs ${schedule}` : `Runs when there is new data (${list.format(on ?? [])})`
  return runtime.kind === 'sandbox'
    ? `${when}, in the platform’s sandbox, without a network.`
    : `${when}, outside the platform, at ${new URL(runtime.endpoint).origin}.`
}

function priceInWords({ pricing }: Manifest): string {
  const parts = [
    ...(pricing.monthly ? [`${inMoney(pricing.monthly)} a month for each business`] : []),
    ...(pricing.usage ?? []).map(
      ({ unit, price, included }) =>
        `${inMoney(price)} for each ${unit}${included ? ` after the first ${included} a month` : ''}`,
    ),
  ]
  const trial = pricing.trialDays ? `, the first ${pricing.trialDays} days free` : ''
  return `Costs ${list.format(parts)}${trial}.`
}
