import { noKnownNames } from '../../src/features/masking/redaction/known-names.ts'
import { locate } from '../../src/features/masking/redaction/redact.ts'
import { fixture } from './identities.ts'
import { type Options, type Row, rowsOf } from './report.ts'
import { type Board, type Case, cutsOf, isRemoved, scoreCase } from './score.ts'

interface Labelled {
  full_text: string
  spans: Array<{ entity_type: string; entity_value: string; start_position: number; end_position: number }>
}

const kinds: Readonly<Record<string, string>> = {
  PERSON: 'person',
  EMAIL_ADDRESS: 'email',
  EMAIL: 'email',
  PHONE_NUMBER: 'phone',
  PHONE: 'phone',
  CREDIT_CARD: 'card',
  ADDRESS: 'address',
  US_SSN: 'national-id',
  US_DRIVER_LICENSE: 'national-id',
  IP_ADDRESS: 'ip',
}

/** Our word for a label of the corpus; labels that are no kind of ours stay as they are. */
export function kindOfLabel(label: string): string {
  return kinds[label] ?? label
}

export function printMiss(
  options: Options,
  seen: Map<string, number>,
  each: Case,
  type: string,
  start: number,
  end: number,
): void {
  const before = seen.get(type) ?? 0
  seen.set(type, before + 1)
  if (before < options.misses)
    process.stderr.write(
      `missed ${type}: ${JSON.stringify(each.text.slice(start, end))} in ${JSON.stringify(each.text)}\n`,
    )
}

export function measurePresidio(options: Options): Row[] {
  const board: Board = new Map()
  const seen = new Map<string, number>()
  for (const { full_text: text, spans } of JSON.parse(
    fixture('presidio-generated-small.json.gz'),
  ) as Labelled[]) {
    const truths = spans.map((span) => ({
      type: kindOfLabel(span.entity_type),
      start: span.start_position,
      end: span.end_position,
    }))
    const cuts = cutsOf(locate(text, noKnownNames))
    scoreCase(board, { text, truths }, cuts, (type) => type)
    for (const truth of truths)
      if (!isRemoved(text, truth, cuts))
        printMiss(options, seen, { text, truths }, truth.type, truth.start, truth.end)
  }
  return rowsOf('presidio generated_small', board)
}
