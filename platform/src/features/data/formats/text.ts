/** Text as it is kept: no control characters, one normal form, no blanks around. */
export function cleanText(text: string): string {
  return (
    text
      .normalize('NFC')
      // oxlint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g, ' ')
      .trim()
  )
}

/** Text of one line: every run of white space is one blank. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ').trim()
}

/** A name or header for comparing: lower case, without accents and punctuation. */
export function plainWords(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/ß/g, 'ss')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** A part of a cell that may stand in a message to the operator. */
export function quote(cell: string): string {
  const line = cleanLine(cell)
  return `“${line.length > 40 ? `${line.slice(0, 40)}…` : line}”`
}
