import { compactVerify, createLocalJWKSet, type JWK } from 'jose'
import { entryHash, genesisHash, type AuditEntry } from './chain.ts'

/** What is wrong with an exported log, and where. */
export interface AuditFault {
  line: number
  fault:
    | 'unreadable'
    | 'edited'
    | 'gap'
    | 'reordered'
    | 'signature'
    | 'head-differs'
    | 'truncated'
    | 'no-statement'
  detail: string
}

export interface AuditVerdict {
  isWhole: boolean
  /** Whose log it is, by its signed statement. */
  organisation: string | null
  entries: number
  heads: number
  /** The instant up to which the signed statement vouches for the log. */
  completeAt: string | null
  faults: AuditFault[]
}

interface HeadClaims {
  organisation: string
  sequence: number
  count: number
  hash: string
  at: string
}

type Line =
  | { type: 'export' | 'head'; jws: string }
  | ({ type: 'entry'; previous: string; hash: string } & AuditEntry)

const maxFaults = 100
const statementTypes = { head: 'bizq-audit-head', export: 'bizq-audit-export' } as const

/** The claims of a signed head or statement. Rejects when it was not signed with one of the keys, or is of another type. */
type ReadHead = (jws: string, types: readonly string[]) => Promise<HeadClaims>

function headReader(keys: { keys: JWK[] }): ReadHead {
  const findKey = createLocalJWKSet(keys)
  return async (jws, types) => {
    const { payload, protectedHeader } = await compactVerify(jws, findKey, { algorithms: ['EdDSA'] })
    if (!types.includes(protectedHeader.typ ?? '')) throw new Error('it is a signature of something else')
    return JSON.parse(new TextDecoder().decode(payload)) as HeadClaims
  }
}

/**
 * Checks an exported audit log line by line against the chain and the signed heads: finds an edited,
 * removed, inserted or reordered entry, a truncated file, and one that was hashed anew from the start.
 * `knownHead` is a signed head that the reader kept elsewhere; the file must reach it.
 */
export async function verifyAudit(
  lines: AsyncIterable<string> | Iterable<string>,
  keys: { keys: JWK[] },
  options: { knownHead?: string } = {},
): Promise<AuditVerdict> {
  const readHead = headReader(keys)
  const state: VerifyState = {
    line: 0,
    last: { sequence: 0, hash: genesisHash },
    entries: 0,
    heads: 0,
    statement: null,
    faults: [],
  }
  const expected = await readKnown(state, readHead, options.knownHead)
  for await (const text of lines) {
    state.line++
    if (text.trim() !== '') await checkLine(state, text, expected, readHead)
  }
  finish(state, expected)
  return {
    isWhole: state.faults.length === 0,
    organisation: state.statement?.organisation ?? null,
    entries: state.entries,
    heads: state.heads,
    completeAt: state.statement?.at ?? null,
    faults: state.faults,
  }
}

async function readKnown(
  state: VerifyState,
  readHead: ReadHead,
  jws: string | undefined,
): Promise<HeadClaims | null> {
  if (!jws) return null
  try {
    return await readHead(jws, Object.values(statementTypes))
  } catch {
    fault(state, 'signature', 'The head that you kept was not signed by this installation, or was changed.')
    return null
  }
}

async function checkLine(
  state: VerifyState,
  text: string,
  expected: HeadClaims | null,
  readHead: ReadHead,
): Promise<void> {
  try {
    const line = JSON.parse(text) as Line | null
    if (line?.type === 'entry' && Number.isSafeInteger(line.sequence)) checkEntry(state, line, expected)
    else if (line?.type === 'head' || line?.type === 'export') await checkStatement(state, line, readHead)
    else fault(state, 'unreadable', 'The line is neither an entry nor a signed statement.')
  } catch {
    fault(state, 'unreadable', 'The line cannot be read.')
  }
}

interface VerifyState {
  line: number
  last: { sequence: number; hash: string }
  entries: number
  heads: number
  statement: HeadClaims | null
  faults: AuditFault[]
}

function fault(state: VerifyState, kind: AuditFault['fault'], detail: string): void {
  if (state.faults.length < maxFaults) state.faults.push({ line: state.line, fault: kind, detail })
}

function checkEntry(
  state: VerifyState,
  line: Extract<Line, { type: 'entry' }>,
  expected: HeadClaims | null,
): void {
  const { type: _type, previous, hash, ...entry } = line
  state.entries++
  if (entry.sequence !== state.last.sequence + 1) {
    const kind = entry.sequence > state.last.sequence ? 'gap' : 'reordered'
    fault(state, kind, `Entry ${entry.sequence} follows entry ${state.last.sequence}.`)
  }
  if (previous !== state.last.hash)
    fault(state, 'edited', `Entry ${entry.sequence} does not follow from the entry before it.`)
  const computed = entryHash(entry, previous)
  if (computed !== hash) fault(state, 'edited', `Entry ${entry.sequence} does not match its hash.`)
  if (expected?.sequence === entry.sequence && expected.hash !== hash) {
    fault(state, 'head-differs', `Entry ${entry.sequence} differs from the head that you kept.`)
  }
  state.last = { sequence: entry.sequence, hash: computed }
}

async function checkStatement(
  state: VerifyState,
  line: Extract<Line, { type: 'export' | 'head' }>,
  readHead: ReadHead,
): Promise<void> {
  let claims: HeadClaims
  try {
    claims = await readHead(line.jws, [statementTypes[line.type]])
  } catch {
    fault(state, 'signature', 'The signed head was not signed by this installation, or was changed.')
    return
  }
  if (state.statement && claims.organisation !== state.statement.organisation)
    fault(state, 'head-differs', `It was signed for another log, the one of ${claims.organisation}.`)
  if (line.type === 'export') {
    if (state.statement) fault(state, 'head-differs', 'There is a second statement of the export.')
    state.statement ??= claims
    return
  }
  state.heads++
  if (claims.sequence !== state.last.sequence || claims.hash !== state.last.hash) {
    fault(
      state,
      'head-differs',
      `The signed head of entry ${claims.sequence} does not fit the entries before it.`,
    )
  }
}

function finish(state: VerifyState, expected: HeadClaims | null): void {
  if (!state.statement) {
    fault(
      state,
      'no-statement',
      'The signed statement of the export is missing: the end of the log cannot be vouched for.',
    )
  } else if (state.last.sequence < state.statement.sequence) {
    fault(state, 'truncated', `The log ends at entry ${state.last.sequence} of ${state.statement.sequence}.`)
  } else if (state.last.sequence !== state.statement.sequence || state.last.hash !== state.statement.hash) {
    fault(state, 'head-differs', 'The last entry is not the one that the export was signed for.')
  }
  if (expected && state.statement && expected.organisation !== state.statement.organisation)
    fault(
      state,
      'head-differs',
      `The head that you kept is of another log, the one of ${expected.organisation}.`,
    )
  if (expected && state.last.sequence < expected.sequence) {
    fault(
      state,
      'truncated',
      `The log ends before entry ${expected.sequence}, which the head that you kept vouches for.`,
    )
  }
}
