import { noKnownNames } from '../../src/features/masking/redaction/known-names.ts'
import { locate } from '../../src/features/masking/redaction/redact.ts'
import { entityTypes, generate } from './generated.ts'
import { readIdentities } from './identities.ts'
import { generateKnown, knownEntries, knownOf } from './known.ts'
import { printMiss } from './measure-presidio.ts'
import { type Options, type Row, rowsOf } from './report.ts'
import { type Board, cutsOf, isRemoved, scoreCase, tallyOf } from './score.ts'

/** One board for each type's texts, so that a type is judged on texts made for it; only its own row is kept. */
export function measureGenerated(options: Options): Row[] {
  const identities = readIdentities()
  return entityTypes.flatMap((type, i) => {
    const board: Board = new Map()
    const seen = new Map<string, number>()
    for (const each of generate(type, options.split, identities, options.count, options.seed + i)) {
      const cuts = cutsOf(locate(each.text, noKnownNames, { country: each.country }))
      scoreCase(board, each, cuts, (name) => name)
      for (const truth of each.truths) {
        if (truth.type === type && !isRemoved(each.text, truth, cuts))
          printMiss(options, seen, each, type, truth.start, truth.end)
      }
      if (each.truths.length === 0 && cuts.length > 0)
        printMiss(options, seen, each, `nothing, yet cut (${type})`, cuts[0]?.start ?? 0, cuts[0]?.end ?? 0)
    }
    return rowsOf(`generated, ${options.split}`, board).filter((row) => row.type === type)
  })
}

/** Names of the business's own customers and suppliers: taken out, and linked to the right record. */
export function measureKnown(options: Options): Row[] {
  const identities = readIdentities()
  const half = Math.floor(identities.length / 2)
  const entries = knownEntries(
    options.split === 'development' ? identities.slice(0, half) : identities.slice(half),
  )
  const known = knownOf(entries)
  const whole: Board = new Map()
  const byVariant: Board = new Map()
  const seen = new Map<string, number>()
  for (const each of generateKnown(entries, options.split, options.count * 4, options.seed + 100)) {
    const found = locate(each.text, known)
    const cuts = cutsOf(found)
    const [truth] = each.truths
    if (!truth) continue
    const isLinked = found.some(
      (cut) => cut.record?.id === each.id && cut.start < truth.end && truth.start < cut.end,
    )
    const isGone = isRemoved(each.text, truth, cuts)
    for (const tally of [tallyOf(whole, 'known'), tallyOf(byVariant, `- ${each.variant}`)]) {
      tally.n += 1
      tally.removed += isGone ? 1 : 0
      tally.typed += isLinked ? 1 : 0
      tally.cuts += cuts.length
      tally.right += cuts.filter((cut) => cut.start < truth.end && truth.start < cut.end).length
    }
    if (!isGone) printMiss(options, seen, each, 'known', truth.start, truth.end)
    else if (!isLinked) printMiss(options, seen, each, 'known, not linked', truth.start, truth.end)
  }
  return [
    ...rowsOf(`customers, suppliers, ${options.split}`, whole),
    ...rowsOf(`customers, suppliers, ${options.split}`, byVariant),
  ]
}
