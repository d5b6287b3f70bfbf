import Pdf from 'pdfkit'

export interface PdfTable {
  /** The first column is on the left; the others hold amounts and are on the right. */
  head: readonly string[]
  rows: readonly (readonly string[])[]
  /** Shares of the width, one for each column. */
  widths: readonly number[]
  /** Rows, by place, that stand out: sums. */
  strong?: readonly number[]
}

/** A part of a document: a heading, words, a table. */
export interface PdfPart {
  heading?: string
  words?: readonly string[]
  table?: PdfTable
}

export interface PdfContent {
  title: string
  /** Under the title: who, when, what for. */
  lines: readonly string[]
  parts: readonly PdfPart[]
  /** The instant that it says it was made at: the same content and instant give the same bytes. */
  madeAt: Date
}

type Document = InstanceType<typeof Pdf>

const ink = '#1a1a1a'
const grey = '#595959'
const margin = 50

/** What the built-in fonts cannot write becomes a question mark; typographic signs become plain ones. */
function writable(text: string): string {
  return text
    .replaceAll(/[\u2212\u2010\u2011]/g, '-')
    .replaceAll('\u202f', ' ')
    .replaceAll('\u00a0', ' ')
    .replaceAll(/[^\n\u0020-\u007e\u00a1-\u00ff\u20ac\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026]/g, '?')
}

/** Writes a tagged PDF (A4): headings, paragraphs and tables are told apart by who cannot see them. */
export async function writePdf(content: PdfContent): Promise<Buffer> {
  const document = new Pdf({
    size: 'A4',
    margin,
    pdfVersion: '1.7',
    tagged: true,
    bufferPages: true,
    lang: 'en',
    displayTitle: true,
    info: {
      Title: writable(content.title),
      Creator: 'BizQ',
      CreationDate: content.madeAt,
      ModDate: content.madeAt,
    },
  })
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise<void>((resolve) => document.on('end', () => resolve()))
  const whole = document.struct('Document')
  document.addStructure(whole)
  say(document, whole, 'H1', content.title, { size: 20, bold: true })
  for (const line of content.lines) say(document, whole, 'P', line, { size: 10, colour: grey })
  for (const part of content.parts) writePart(document, whole, part)
  whole.end()
  numberPages(document, content.title)
  document.end()
  await ended
  return Buffer.concat(chunks)
}

/** At the foot of each page, told apart from what the document says. */
function numberPages(document: Document, title: string): void {
  const { start, count } = document.bufferedPageRange()
  for (let page = start; page < start + count; page += 1) {
    document.switchToPage(page)
    // The foot lies within the margin, where a text would begin another page.
    document.page.margins.bottom = 0
    document.markContent('Artifact', { type: 'Pagination', attached: ['Bottom'] })
    document
      .font('Helvetica')
      .fontSize(8)
      .fillColor(grey)
      .text(writable(`${title} · page ${page + 1} of ${count}`), margin, document.page.height - 34, {
        width: document.page.width - 2 * margin,
        align: 'right',
        lineBreak: false,
      })
    document.endMarkedContent()
  }
}

type Structure = ReturnType<Document['struct']>

function say(
  document: Document,
  into: Structure,
  kind: 'H1' | 'H2' | 'P',
  text: string,
  { size, bold = false, colour = ink }: { size: number; bold?: boolean; colour?: string },
): void {
  into.add(
    document.struct(kind, {}, () => {
      document
        .font(bold ? 'Helvetica-Bold' : 'Helvetica')
        .fontSize(size)
        .fillColor(colour)
        .text(writable(text), margin)
    }),
  )
}

function writePart(document: Document, into: Structure, { heading, words, table }: PdfPart): void {
  // A heading stays with the first rows under it.
  if (document.y > document.page.height - margin - 100) document.addPage()
  document.moveDown(1)
  if (heading !== undefined) say(document, into, 'H2', heading, { size: 13, bold: true })
  document.moveDown(0.3)
  for (const line of words ?? []) say(document, into, 'P', line, { size: 10 })
  if (table) writeTable(document, into, table)
}

function writeTable(
  document: Document,
  into: Structure,
  { head, rows, widths, strong = [] }: PdfTable,
): void {
  const width = document.page.width - 2 * margin
  const sum = widths.reduce((all, each) => all + each, 0)
  document.font('Helvetica').fontSize(9).fillColor(ink)
  const cellsOf = (cells: readonly string[], isHead: boolean, isBold = isHead) =>
    cells.map((text, column) => ({
      text: writable(text),
      type: isHead ? ('TH' as const) : ('TD' as const),
      align: { x: column === 0 ? ('left' as const) : ('right' as const) },
      ...(isBold ? { font: { src: 'Helvetica-Bold' } } : {}),
    }))
  // The parent is what has the table tagged.
  const options = {
    structParent: into,
    position: { x: margin, y: document.y },
    columnStyles: widths.map((each) => ({ width: (width * each) / sum })),
    defaultStyle: {
      padding: [4, 3, 4, 3] as [number, number, number, number],
      border: { top: 0, left: 0, right: 0, bottom: 0.5 },
      borderColor: { bottom: '#cccccc' },
    },
    data: [cellsOf(head, true), ...rows.map((row, place) => cellsOf(row, false, strong.includes(place)))],
  }
  document.table(options)
  document.x = margin
}
