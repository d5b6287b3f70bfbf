import { plainWords } from '../text.ts'

/** Words that exports use for the contract's enum values, by `dataset.field`; the values themselves need no entry. */
const words: Record<string, Record<string, string>> = {
  'accounts.kind': {
    bank: 'checking chequing current giro girokonto betaalrekening business',
    card: 'creditcard kreditkarte kredietkaart visa mastercard amex debit',
    savings: 'saving sparkonto spaarrekening moneymrkt cd deposit',
    loan: 'creditline mortgage overdraft',
    cash: 'kasse till petty',
    other: 'investment brokerage 401k paypal stripe wallet',
  },
  'invoices.status': {
    draft: 'submitted entwurf concept awaiting-approval',
    open: 'authorised authorized awaiting sent unpaid outstanding overdue due partial part-paid partially viewed approved offen openstaand pending issued',
    paid: 'closed settled bezahlt betaald deposited completed',
    void: 'voided deleted cancelled canceled storniert',
    'written-off': 'uncollectible written baddebt',
  },
  'bills.status': {
    draft: 'submitted entwurf concept awaiting-approval',
    open: 'authorised authorized awaiting unpaid outstanding overdue due partial part-paid partially approved received offen openstaand pending',
    paid: 'closed settled bezahlt betaald completed',
    void: 'voided deleted cancelled canceled storniert rejected',
  },
  'orders.payment': {
    pending: 'unpaid awaiting on-hold partially-paid open',
    authorised: 'authorized',
    paid: 'processing completed complete captured settled',
    'part-refunded': 'partially-refunded',
    refunded: 'refund',
    void: 'voided expired failed cancelled canceled',
  },
  'orders.fulfilment': {
    unfulfilled: 'pending open processing on-hold scheduled awaiting new none',
    partial: 'partially-fulfilled partially-shipped partially',
    fulfilled: 'shipped delivered completed complete sent done closed',
    'not-needed': 'restocked cancelled canceled refunded digital',
  },
  'purchaseOrders.status': {
    draft: 'planned new',
    sent: 'open ordered issued placed approved pending confirmed',
    partial: 'partially-received partially',
    received: 'closed complete completed delivered billed',
    cancelled: 'canceled void deleted',
  },
  'campaigns.status': {
    active: 'enabled eligible running live serving learning limited',
    paused: 'inactive off suspended',
    ended: 'removed deleted completed archived finished',
  },
  'tickets.status': {
    open: 'new reopened unresolved active todo',
    waiting: 'pending hold on-hold snoozed',
    closed: 'solved resolved done completed archived',
  },
  'tickets.priority': {
    low: 'minor p4 p5',
    normal: 'medium standard p3',
    high: 'major p2',
    urgent: 'critical blocker p1 highest',
  },
}

/** The enum value that a cell means; undefined if no value and no word for one begins it. */
export function parseLabel(name: string, values: readonly string[], cell: string): string | undefined {
  const label = plainWords(cell)
  const exact = values.find((value) => plainWords(value) === label)
  if (exact) return exact
  const known = words[name] ?? {}
  const [first = ''] = label.split(' ')
  for (const want of [label, label.replaceAll(' ', ''), first]) {
    for (const value of values) {
      const synonyms = (known[value] ?? '').split(' ').map(plainWords)
      if (synonyms.includes(want) || plainWords(value) === want) return value
    }
  }
  return undefined
}

const yes = new Set('yes y true t 1 ja j oui o si s x active enabled subscribed published'.split(' '))
const no = new Set('no n false f 0 nein nee non inactive disabled unsubscribed draft archived'.split(' '))

export function parseBoolean(cell: string): boolean | undefined {
  const word = plainWords(cell)
  if (yes.has(word)) return true
  return no.has(word) ? false : undefined
}
