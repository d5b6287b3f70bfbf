import type { UnitOfWork } from '../../../db/unit-of-work.ts'
import { ProblemError } from '../../../problems.ts'
import { detectFormat, parseFile, targetsOf, type Mapping, type ParsedItem } from '../formats/index.ts'
import { parsingBusiness } from './run.ts'
import type { ImportPreview } from './schemas.ts'
import { requireImport, requireMapping } from './service.ts'
import * as store from './store.ts'

const previewRows = 20
const previewBytes = 64 * 1024

/** The first rows of a file as a mapping reads them: the given one, or the one that stands. */
export async function previewImport(unit: UnitOfWork, id: string, body?: unknown): Promise<ImportPreview> {
  const row = await requireImport(unit, id)
  const piece = await store.findChunk(unit.tx, unit.actor.organisation, row.id, 0)
  if (row.state !== 'needs-mapping' || !piece) {
    throw new ProblemError('conflict', {
      detail: `The import is ${row.state}; only one that needs a mapping is previewed.`,
    })
  }
  const mapping = await requireMapping(unit, row, body ?? row.mapping)
  const { encoding, delimiter } = mapping
  const { table } = detectFormat(piece, { encoding, delimiter })
  const items = await parseHead(piece, mapping, await parsingBusiness(unit, row.business_id))
  const byLine = items.sort((a, b) => lineOf(a) - lineOf(b))
  const lines = [...new Set(byLine.map(lineOf))].slice(0, previewRows)
  const shown = byLine.filter((item) => lines.includes(lineOf(item)))
  return {
    mapping: { ...mapping },
    header: table?.header ?? [],
    headerLine: table?.headerLine ?? null,
    sample: table?.rows ?? [],
    targets: targetsOf(mapping.dataset),
    records: shown
      .filter((item) => item.kind === 'record')
      .map(({ line, dataset, fields }) => ({ line, dataset, fields })),
    errors: shown
      .filter((item) => item.kind === 'error')
      .map(({ line, field, reason }) => ({ line, reason, ...(field === undefined ? {} : { field }) })),
  }
}

type Shown = Exclude<ParsedItem, { kind: 'meta' }>

const lineOf = (item: Shown) => item.line

async function parseHead(
  piece: Buffer,
  mapping: Mapping,
  business: Parameters<typeof parseFile>[1]['business'],
): Promise<Shown[]> {
  const head = piece.subarray(0, previewBytes)
  const isWhole = head.length === piece.length || mapping.encoding?.startsWith('utf-16')
  const cut = isWhole ? head : head.subarray(0, head.lastIndexOf(0x0a) + 1 || head.length)
  const items: Shown[] = []
  for await (const item of parseFile(asSource(cut), { business, format: 'csv', mapping })) {
    if (item.kind !== 'meta') items.push(item)
  }
  return items
}

async function* asSource(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
