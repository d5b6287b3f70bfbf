/** Every way in which a planted value could be told: whole, by its words, in any case, and in the usual codings. */
function formsOf(value: string): string[] {
  const words = value.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length >= 4)
  const plain = [value, ...words]
  return [...new Set(plain.flatMap((each) => codingsOf(each)))].filter((form) => form.length >= 4)
}

function codingsOf(text: string): string[] {
  const cases = [
    ...new Set([
      text,
      text.toLowerCase(),
      text.toUpperCase(),
      text.normalize('NFKD').replaceAll(/\p{M}/gu, ''),
    ]),
  ]
  return cases.flatMap((each) => {
    const bytes = Buffer.from(each)
    return [
      each.toLowerCase(),
      bytes.toString('hex'),
      encodeURIComponent(each).toLowerCase(),
      ...base64Cores(bytes),
    ]
  })
}

/** Base64 of the bytes at each of the three places where they can stand in a longer text, without the shared ends. */
function base64Cores(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '')
    const core = shifted.slice(
      shift === 0 ? 0 : shift + 1,
      bytes.length % 3 === 0 && shift === 0 ? undefined : -1,
    )
    return core.length >= 6 ? [core, core.replaceAll('+', '-').replaceAll('/', '_')] : []
  })
}

export interface Leak {
  planted: string
  form: string
  where: string
}

/** Where planted values stand in what somebody can see. `seen` is text by what it is: `inputs`, `logs`, `receipt`, …. */
export function findLeaks(planted: readonly string[], seen: Readonly<Record<string, string>>): Leak[] {
  const places = Object.entries(seen).map(([where, text]) => ({ where, text, folded: text.toLowerCase() }))
  return planted.flatMap((value) =>
    formsOf(value).flatMap((form) =>
      places
        .filter(({ text, folded }) => text.includes(form) || folded.includes(form))
        .map(({ where }) => ({ planted: value, form, where })),
    ),
  )
}
