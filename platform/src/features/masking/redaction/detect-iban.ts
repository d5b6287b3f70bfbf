import { type Detector, type Found, isWordUnit } from './found.ts'

// Lengths of the SWIFT IBAN registry (release 98), by country.
const lengths = new Map<string, number>(
  Object.entries({
    ad: 24,
    ae: 23,
    al: 28,
    at: 20,
    az: 28,
    ba: 20,
    be: 16,
    bg: 22,
    bh: 22,
    bi: 27,
    br: 29,
    by: 28,
    ch: 21,
    cr: 22,
    cy: 28,
    cz: 24,
    de: 22,
    dj: 27,
    dk: 18,
    do: 28,
    ee: 20,
    eg: 29,
    es: 24,
    fi: 18,
    fk: 18,
    fo: 18,
    fr: 27,
    gb: 22,
    ge: 22,
    gi: 23,
    gl: 18,
    gr: 27,
    gt: 28,
    hn: 28,
    hr: 21,
    hu: 28,
    ie: 22,
    il: 23,
    iq: 23,
    is: 26,
    it: 27,
    jo: 30,
    kw: 30,
    kz: 20,
    lb: 28,
    lc: 32,
    li: 21,
    lt: 20,
    lu: 20,
    lv: 21,
    ly: 25,
    mc: 27,
    md: 24,
    me: 22,
    mk: 19,
    mn: 20,
    mr: 27,
    mt: 31,
    mu: 30,
    ni: 28,
    nl: 18,
    no: 15,
    om: 23,
    pk: 24,
    pl: 28,
    ps: 29,
    pt: 25,
    qa: 29,
    ro: 24,
    rs: 22,
    ru: 33,
    sa: 24,
    sc: 31,
    sd: 18,
    se: 24,
    si: 19,
    sk: 24,
    sm: 27,
    so: 23,
    st: 25,
    sv: 28,
    tl: 23,
    tn: 24,
    tr: 26,
    ua: 29,
    va: 22,
    vg: 24,
    xk: 20,
    ye: 30,
  }),
)

// Countries whose numbers hold no letters behind the check digits.
const digitsOnly = new Set(
  'ae at ba be cz de dk ee es fi fo gl hr hu il is lt me mr no pl pt rs se si sk tl tn va xk'.split(' '),
)

function passesMod97(iban: string): boolean {
  let remainder = 0
  for (const unit of iban.slice(4) + iban.slice(0, 4)) {
    const code = unit.charCodeAt(0)
    remainder = code >= 97 ? (remainder * 100 + code - 87) % 97 : (remainder * 10 + code - 48) % 97
  }
  return remainder === 1
}

function isAlphanumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 122)
}

/** The end of `count` letters and digits from `from`, with at most three other units between two; and those letters. */
function collect(folded: string, from: number, count: number): { value: string; end: number } | undefined {
  let value = ''
  let gap = 0
  for (let i = from; i < folded.length; i += 1) {
    const code = folded.charCodeAt(i)
    if (isAlphanumeric(code)) {
      value += folded.charAt(i)
      gap = 0
      if (value.length === count) return { value, end: i + 1 }
    } else {
      if (isWordUnit(folded.charAt(i))) return undefined
      gap += 1
      if (gap > 3) return undefined
    }
  }
  return undefined
}

/** BIC written beside an IBAN: eight or eleven letters and digits after its label or directly after the number. */
const bicBeside =
  /^[\s,;/(|-]{0,4}(?:(?:bic|swift)(?:\s?code)?[\s:=/-]{0,4})?([a-z]{6}[a-z0-9]{2}(?:[a-z0-9]{3})?)(?![a-z0-9])/

function endWithBic(text: string, folded: string, end: number): number {
  const match = bicBeside.exec(folded.slice(end, end + 40))
  if (!match?.[1]) return end
  const bic = text.slice(end + match[0].length - match[1].length, end + match[0].length)
  const isLabelled = /bic|swift/.test(match[0].slice(0, -match[1].length))
  return isLabelled || (bic === bic.toUpperCase() && /\d|XXX$/.test(bic)) ? end + match[0].length : end
}

function ibanAt(folded: string, start: number): number | undefined {
  const head = collect(folded, start, 4)
  // Check digits run from 02 to 98: 00 and 01 would pass as 97 and 98 do.
  if (!head || !/^[a-z]{2}(?!00|01|99)\d{2}$/.test(head.value)) return undefined
  const length = lengths.get(head.value.slice(0, 2))
  if (length === undefined) return undefined
  const whole = collect(folded, start, length)
  if (!whole || (digitsOnly.has(head.value.slice(0, 2)) && !/^\d+$/.test(whole.value.slice(4))))
    return undefined
  return passesMod97(whole.value) ? whole.end : undefined
}

const countryThenDigit = /[a-z][^a-z0-9]{0,3}[a-z][^a-z0-9]{0,3}\d/y

/** International bank account numbers in any case and spacing: registry length and check digits decide. */
export const detectIban: Detector = ({ text, folded }) => {
  const found: Found[] = []
  for (let i = 0; i < folded.length; i += 1) {
    const code = folded.charCodeAt(i)
    if (code < 97 || code > 122) continue
    const isEdge = !isWordUnit(folded.charAt(i - 1)) || folded.slice(i - 4, i) === 'iban'
    if (!isEdge) continue
    countryThenDigit.lastIndex = i
    if (!countryThenDigit.test(folded)) continue
    const end = ibanAt(folded, i)
    if (end === undefined) continue
    found.push({ kind: 'iban', start: i, end: endWithBic(text, folded, end) })
    i = end - 1
  }
  return found
}
