type Cell = string | number | null | undefined

// A spreadsheet takes these as the beginning of a formula.
const isFormula = /^[=+\-@\t\r]/

function cell(value: Cell): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = isFormula.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Rows as a CSV file (RFC 4180) to be kept. */
export function csvResponse(
  name: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): Response {
  const lines = [head, ...rows].map((row) => row.map(cell).join(','))
  return new Response(`${lines.join('\r\n')}\r\n`, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}.csv"`,
      'cache-control': 'no-store',
    },
  })
}
