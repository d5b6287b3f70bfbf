import { canonicalJson, type DatasetName, type ExecutionInput, type Row } from '@bizq/sdk/contract'
import type { Sandbox } from '@bizq/sandbox'
import type { Documents, SuppliedCase } from '../src/index.ts'

interface Output {
  proposals: object[]
  recommendations: object[]
  metrics: Record<string, unknown>
  state: unknown
}

/** What the functions of a bad bundle are given: a provider's context without its types. */
export interface Context {
  data: { [D in DatasetName]: Row<D>[] }
  settings: Record<string, number>
  state: { runs: number; seen: string[] } | null
  today: Temporal.PlainDate
  now: Temporal.ZonedDateTime
  propose(type: string, parameters: object, details: object): void
  recommend(text: string): void
  /** What is answered; whatever is changed in it stands. */
  output: Output
  /** What the good bundle does: moves open bills that fall due within three weeks by two weeks. */
  moveBills(): void
  /** What the good bundle of `refunds` does: pays a tenth of each paid order back. */
  payBack(): void
}

export interface BadBundle {
  /** Parts that differ from the good manifest; a part that is undefined is left out. */
  manifest?: Record<string, unknown>
  /** Parts of which the bundle says otherwise. */
  described?: Record<string, unknown>
  execute?(context: Context): void
  report?(): unknown
  /** How an output becomes text, where it is not canonical JSON. */
  write?(output: Output): string
  /** What else stands in the module. */
  around?: string
  documents?: Documents
  cases?: SuppliedCase[]
  /** The machine that it runs on, where the fault is that a bundle makes something of it. */
  machine?(sandbox: Sandbox): Sandbox
  /** Rows of the largest input, where it is needed. */
  largestRows?: number
}

/** A bundle that fails one check and passes every other. */
export function badBundle(bundle: BadBundle): BadBundle {
  return bundle
}

const good = {
  contract: 1,
  service: 'bill-mover',
  version: '1.0.0',
  name: 'Bill Mover',
  category: 'financial/cash-flow',
  summary: 'Moves bills that fall due soon, for the sake of the example.',
  docs: 'https://bill-mover.example/docs',
  support: 'help@bill-mover.example',
  pricing: { monthly: { amount: 100, currency: 'USD' } },
  capabilities: ['payables_scheduling'],
  data: {
    bills: {
      fields: ['id', 'dueAt', 'amountDue', 'status'],
      history: '1d',
      purpose: 'To know which bills fall due soon.',
    },
  },
  money: 'scaled',
  actions: [{ type: 'bill.reschedule' }],
  schedule: 'daily',
  runtime: { kind: 'sandbox' },
  report: false,
}

/** The request for bills as the good manifest has it, with more fields or another window. */
export function bills(change: { also?: string[]; history?: string } = {}) {
  const { fields, purpose } = good.data.bills
  return { bills: { fields: [...fields, ...(change.also ?? [])], history: change.history ?? '1d', purpose } }
}

/** The parts of a manifest that pays orders back. */
export const refunds = {
  data: {
    orders: {
      fields: ['id', 'total', 'payment', 'refunded'],
      history: '365d',
      purpose: 'To know what customers paid.',
    },
  },
  actions: [{ type: 'refund.issue', max: { amount: 500, currency: 'GBP' } }],
}

const readme = `# Bill Mover

Bill Mover looks every day at the bills of a business that are still open and fall due within three weeks. For each of
them it proposes to pay two weeks later, so that cash stays where it is for a while. It never changes anything by
itself: the owner reads each proposal, sees the bill that led to it, and decides. It reads the day on which a bill is
due, what is owed and whether it is open, and nothing else. It knows neither names nor exact amounts.
`

/** A picture as far as its header says: 800 × 450. */
function pictureHeader(): Uint8Array {
  const bytes = new Uint8Array(64)
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52])
  new DataView(bytes.buffer).setUint32(16, 800)
  new DataView(bytes.buffer).setUint32(20, 450)
  return bytes
}

export const goodDocuments: Documents = {
  readme,
  changelog: '# Changelog\n\n## 1.0.0\n\nThe first release.\n',
  screenshots: [pictureHeader()],
}

/** In the bundle's own words: canonical JSON for what outputs hold. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`
}

function moveBills({ data, today, propose, output }: Context): void {
  for (const bill of data.bills) {
    if (bill.status !== 'open' || output.proposals.length === 500) continue
    const days = today.until(bill.dueAt).days
    if (days < 0 || days > 21) continue
    const dueAt = Temporal.PlainDate.from(bill.dueAt).add({ days: 14 }).toString()
    const because = [{ dataset: 'bills', id: bill.id }]
    propose('bill.reschedule', { bill: bill.id, dueAt }, { impact: bill.amountDue, confidence: 0.9, because })
  }
}

function payBack({ data, propose }: Context): void {
  for (const order of data.orders) {
    const left = order.total.amount - (order.refunded ? order.refunded.amount : 0)
    const amount = { amount: Math.floor(left / 10), currency: order.total.currency }
    if (!['paid', 'part-refunded'].includes(order.payment) || amount.amount <= 0) continue
    const because = [{ dataset: 'orders', id: order.id }]
    propose(
      'refund.issue',
      { order: order.id, amount, reason: 'goodwill' },
      { impact: amount, confidence: 0.8, because },
    )
  }
}

/** The runtime of a bundle written by hand: it is put in as text. */
function run(call: string, text: string): string {
  if (call === 'describe') return canonical(described)
  if (call === 'report') return canonical(definition.report())
  const { data, settings, state } = JSON.parse(text) as ExecutionInput
  const output: Output = { proposals: [], recommendations: [], metrics: {}, state: null }
  const now = Temporal.Now.zonedDateTimeISO()
  const context = {
    data,
    settings,
    state,
    output,
    now,
    today: now.toPlainDate(),
    propose: (type: string, parameters: object, details: object) =>
      void output.proposals.push({ type, parameters, ...details }),
    recommend: (words: string) => void output.recommendations.push({ text: words, because: [] }),
    moveBills: () => moveBills(context as never),
    payBack: () => payBack(context as never),
  }
  definition.execute(context as never)
  return definition.write(output)
}
declare const definition: Required<Pick<BadBundle, 'execute' | 'report' | 'write'>>
declare const described: object

/** What `certify` is given for a bad bundle. Functions go in as their text, methods with the name that they have. */
export function compileBundle(bad: BadBundle) {
  const manifest = Object.fromEntries(
    Object.entries({ ...good, ...bad.manifest }).filter(([, part]) => part !== undefined),
  )
  const { settings: _settings, state: _state, ...said } = manifest
  const textOf = (part: ((...given: never[]) => unknown) | undefined, otherwise: string) =>
    part ? part.toString() : otherwise
  const bundle = `${canonical.toString()}
${moveBills.toString()}
${payBack.toString()}
const described = ${canonicalJson({ ...said, ...bad.described })}
const definition = {
  ${textOf(bad.execute, 'execute(context) { context.moveBills() }')},
  ${textOf(bad.report, 'report() { return null }')},
  ${textOf(bad.write, 'write(output) { return canonical(output) }')},
}
${bad.around ?? ''}
export ${run.toString()}
`
  return { manifest, bundle, documents: bad.documents ?? goodDocuments, cases: bad.cases ?? [] }
}
