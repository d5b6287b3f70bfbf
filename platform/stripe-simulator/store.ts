import { DatabaseSync } from 'node:sqlite'
import type { Kind, Kinds } from './wire.ts'

/** The platform's own objects lie under '', those of a connected account under its id. */
export type Scope = string

type Any = Kinds[Kind]
interface Row {
  scope: Scope
  object: Any
}

/** By what an object is found besides its id: the thing that it belongs to. */
const parents: { [K in Kind]?: (object: Kinds[K]) => string | null | undefined } = {
  balance_transaction: (each) => each.source,
  bank_account: (each) => each.account,
  charge: (each) => each.payment_intent,
  customer: (each) => each.test_clock,
  customer_balance_transaction: (each) => each.customer,
  credit_note: (each) => each.invoice,
  dispute: (each) => each.charge,
  invoice: (each) => each.customer,
  invoiceitem: (each) => each.customer,
  line_item: (each) => each.invoice,
  invoice_payment: (each) => each.invoice,
  payment_intent: (each) => each.customer,
  payment_method: (each) => each.customer,
  price: (each) => each.product,
  refund: (each) => each.charge,
  subscription: (each) => each.customer,
  subscription_item: (each) => each.subscription,
  task: (each) => each.about,
  transfer: (each) => each.destination,
  transfer_reversal: (each) => each.transfer,
}

export interface Store {
  readonly database: DatabaseSync
  find<K extends Kind>(kind: K, id: string): { scope: Scope; object: Kinds[K] } | undefined
  put<K extends Kind>(scope: Scope, kind: K, object: Kinds[K]): void
  drop(kind: Kind, id: string): void
  /** In the order of creation. */
  all<K extends Kind>(scope: Scope, kind: K): Kinds[K][]
  /** All of every account, in the order of creation. */
  everywhere<K extends Kind>(kind: K): { scope: Scope; object: Kinds[K] }[]
  /** What belongs to another object: within one account, or of all of them. */
  under<K extends Kind>(kind: K, parent: string, scope?: Scope): Kinds[K][]
  counter(name: string): number
  setCounter(name: string, value: number): void
  /**
   * One request, or one thing that happens by itself: written as a whole before it is answered, or not at all.
   * `isKept` says of an error whether what came before it stays.
   */
  transact<T>(work: () => T, isKept?: (error: unknown) => boolean): T
  /** Does it all and takes it all back: for what is only reckoned. */
  rehearse<T>(work: () => T): T
  /** Writes all of it, as it is now, into a new file. Throws where the file is there already. */
  copyTo(file: string): void
  close(): void
}

const schema = `
  create table if not exists objects (
    kind text not null, id text not null, scope text not null, seq integer not null, json text not null,
    primary key (kind, id)
  ) without rowid;
  create table if not exists counters (name text primary key, value integer not null) without rowid;
  create table if not exists events (
    seq integer primary key, id text not null unique, scope text not null, type text not null,
    about text not null, created integer not null, json text not null
  );
  create table if not exists deliveries (
    event text not null, endpoint text not null, attempts integer not null, next_at integer,
    primary key (event, endpoint)
  ) without rowid;
  create table if not exists answers (
    key text not null, scope text not null, fingerprint text not null, status integer not null,
    json text not null, request text not null, kept_at integer not null, primary key (key, scope)
  ) without rowid;
`

function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file)
  // One process alone; what was answered survives the death of the process.
  database.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = normal')
  database.exec(schema)
  return database
}

interface Shelf {
  rows: Map<string, Row>
  under: Map<string, Set<string>>
}

/** Keeps everything in memory and in one SQLite file (or nowhere: ':memory:'). */
export function openStore(file: string): Store {
  const database = openDatabase(file)
  const shelves = new Map<Kind, Shelf>()
  const counters = new Map<string, number>()
  const dirty = new Map<string, [Kind, string]>()
  const changedCounters = new Set<string>()
  let undo: (() => void)[] = []

  const shelf = (kind: Kind): Shelf => {
    const known = shelves.get(kind)
    if (known) return known
    const made: Shelf = { rows: new Map(), under: new Map() }
    shelves.set(kind, made)
    return made
  }
  const parentOf = (kind: Kind, object: Any) =>
    (parents[kind] as ((each: Any) => string | null | undefined) | undefined)?.(object)

  /** Also how something is taken back: without a row it goes. */
  function place(kind: Kind, id: string, row: Row | undefined): void {
    const { rows, under } = shelf(kind)
    const before = rows.get(id)
    const from = before && parentOf(kind, before.object)
    const to = row && parentOf(kind, row.object)
    if (from && from !== to) under.get(from)?.delete(id)
    if (to && from !== to) under.set(to, (under.get(to) ?? new Set()).add(id))
    if (row) rows.set(id, row)
    else rows.delete(id)
  }
  function change(kind: Kind, id: string, row: Row | undefined): void {
    const before = shelf(kind).rows.get(id)
    undo.push(() => place(kind, id, before))
    place(kind, id, row)
    dirty.set(`${kind} ${id}`, [kind, id])
  }

  const insert = database.prepare(
    `insert into objects (kind, id, scope, seq, json) values (?, ?, ?, ?, ?)
     on conflict (kind, id) do update set json = excluded.json`,
  )
  const remove = database.prepare('delete from objects where kind = ? and id = ?')
  const count = database.prepare(
    'insert into counters (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
  )

  function flush(): void {
    for (const name of changedCounters) count.run(name, counters.get(name) ?? 0)
    for (const [kind, id] of dirty.values()) {
      const row = shelf(kind).rows.get(id)
      if (!row) remove.run(kind, id)
      else {
        const seq = (counters.get('seq') ?? 0) + 1
        counters.set('seq', seq)
        count.run('seq', seq)
        insert.run(kind, id, row.scope, seq, JSON.stringify(row.object))
      }
    }
  }
  function forget(): void {
    dirty.clear()
    changedCounters.clear()
    undo = []
  }

  for (const row of database.prepare('select name, value from counters').all())
    counters.set(String(row['name']), Number(row['value']))
  for (const row of database.prepare('select kind, id, scope, json from objects order by seq').all())
    place(row['kind'] as Kind, String(row['id']), {
      scope: String(row['scope']),
      object: JSON.parse(String(row['json'])) as Any,
    })

  return {
    database,
    find: <K extends Kind>(kind: K, id: string) =>
      shelf(kind).rows.get(id) as { scope: Scope; object: Kinds[K] } | undefined,
    put: (scope, kind, object) => change(kind, object.id, { scope, object }),
    drop: (kind, id) => change(kind, id, undefined),
    all: <K extends Kind>(scope: Scope, kind: K) =>
      [...shelf(kind).rows.values()]
        .filter((row) => row.scope === scope)
        .map((row) => row.object as Kinds[K]),
    everywhere: <K extends Kind>(kind: K) =>
      [...shelf(kind).rows.values()] as { scope: Scope; object: Kinds[K] }[],
    under<K extends Kind>(kind: K, parent: string, scope?: Scope) {
      const { rows, under } = shelf(kind)
      return [...(under.get(parent) ?? [])].flatMap((id) => {
        const row = rows.get(id)
        return row && (scope === undefined || row.scope === scope) ? [row.object as Kinds[K]] : []
      })
    },
    counter: (name) => counters.get(name) ?? 0,
    setCounter(name, value) {
      const before = counters.get(name) ?? 0
      undo.push(() => counters.set(name, before))
      counters.set(name, value)
      changedCounters.add(name)
    },
    transact(work, isKept = () => false) {
      database.exec('begin')
      try {
        const result = work()
        flush()
        database.exec('commit')
        return result
      } catch (error) {
        if (isKept(error)) {
          flush()
          database.exec('commit')
        } else {
          database.exec('rollback')
          for (const each of undo.toReversed()) each()
        }
        throw error
      } finally {
        forget()
      }
    },
    rehearse(work) {
      database.exec('begin')
      try {
        return work()
      } finally {
        database.exec('rollback')
        for (const each of undo.toReversed()) each()
        forget()
      }
    },
    copyTo: (file) => void database.prepare('vacuum into ?').run(file),
    close: () => database.close(),
  }
}
