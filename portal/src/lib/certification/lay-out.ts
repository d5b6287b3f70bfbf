export interface CodeRow {
  /** Of bundle.js, from 1; none where the row only goes on. */
  line: number | undefined
  depth: number
  text: string
}

const mostRows = 4_000
const mostDepth = 12

/**
 * Code for a reader: lines that hold many statements are broken where statements and blocks end. Words in quotes
 * may be broken as well; nothing is added or left out but the rows beyond the most that a page bears.
 */
export function layOut(code: string): { rows: CodeRow[]; isCut: boolean } {
  const rows: CodeRow[] = []
  let depth = 0
  for (const [i, line] of code.split('\n').entries()) {
    for (const [place, piece] of line.split(/(?<=[;{])|(?=\})/).entries()) {
      if (rows.length === mostRows) return { rows, isCut: true }
      const opens = count(piece, '{')
      const closes = count(piece, '}')
      if (piece.startsWith('}')) depth = Math.max(0, depth - 1)
      rows.push({ line: place === 0 ? i + 1 : undefined, depth: Math.min(depth, mostDepth), text: piece })
      depth = Math.max(0, depth + opens - closes + (piece.startsWith('}') ? 1 : 0))
    }
  }
  return { rows, isCut: false }
}

const count = (text: string, sign: string) => text.split(sign).length - 1

const order =
  'contract service version name category summary docs support country pricing capabilities data money actions schedule on settings state runtime report handlesPersonalData'.split(
    ' ',
  )

/** A manifest with its parts in the order of the contract: the database keeps none. */
export function inReadingOrder(manifest: Record<string, unknown>): Record<string, unknown> {
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length)
  return Object.fromEntries(Object.entries(manifest).toSorted(([a], [b]) => place(a) - place(b)))
}
