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
  const findKey = createLocalJWKSet(keys)
  const readHead = async (jws: string): Promise<HeadClaims> =>
    JSON.parse(
      new TextDecoder().decode((await compactVerify(jws, findKey, { algorithms: ['EdDSA'] })).payload),
    ) as HeadClaims
  const state: VerifyState = {
    line: 0,
    last: { sequence: 0, hash: genesisHash },
    entries: 0,
    heads: 0,
    statement: null,
    faults: [],
  }

  const expected = options.knownHead ? await readHead(options.knownHead) : null
  for await (const text of lines) {
    state.line++
    if (text.trim() === '') continue
    let line: Line
    try {
      line = JSON.parse(text) as Line
    } catch {
      fault(state, 'unreadable', 'The line is not JSON.')
      continue
    }
    if (line.type === 'entry') checkEntry(state, line, expected)
    else await checkStatement(state, line, readHead)
  }
  finish(state, expected)
  return {
    isWhole: state.faults.length === 0,
    entries: state.entries,
    heads: state.heads,
    completeAt: state.statement?.at ?? null,
    faults: state.faults,
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
  readHead: (jws: string) => Promise<HeadClaims>,
): Promise<void> {
  let claims: HeadClaims
  try {
    claims = await readHead(line.jws)
  } catch {
    fault(state, 'signature', 'The signed head was not signed by this installation, or was changed.')
    return
  }
  if (line.type === 'export') {
    state.statement = claims
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
  if (expected && state.last.sequence < expected.sequence) {
    fault(
      state,
      'truncated',
      `The log ends before entry ${expected.sequence}, which the head that you kept vouches for.`,
    )
  }
}
