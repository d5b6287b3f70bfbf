import { encodeId, idPrefixes } from '@bizq/sdk/contract'
import type { Deps } from '../../deps.ts'
import type { Stripe } from '../../stripe/client.ts'
import { compareSides, differing, unlessMissing, type StripeComparison } from '../../stripe/compare.ts'
import { sumOfEntries, type LedgerCheck } from '../ledger/index.ts'
import * as store from './beside-store.ts'

const invoice = (row: { id: string }) => `invoice ${encodeId(idPrefixes.invoice, row.id)}`
const organisation = (id: string) => encodeId(idPrefixes.organisation, id)
const isOurs = (object: { metadata?: Stripe.Metadata | null }, prefix: string) =>
  object.metadata?.['bizq']?.startsWith(`${prefix}_`) ?? false

/** What must hold between invoices and the ledger. */
export const billingChecks: readonly LedgerCheck[] = [
  {
    name: 'each paid invoice is booked with what its card paid and what Stripe kept of it',
    run: async (unit, directory) => {
      const paid = await sumOfEntries(unit, { kind: 'paid', causeType: 'invoice' })
      const of = (id: string, account: string) => paid.get(`${id} ${account}`) ?? 0n
      return (await store.listCardInvoices(directory))
        .filter((row) => row.state === 'paid')
        .flatMap((row) => {
          const id = encodeId(idPrefixes.invoice, row.id)
          const [fee, net] = [of(id, 'processing'), of(id, 'stripe_balance')]
          const charged = BigInt(row.card) + BigInt(row.tax)
          const isOutside = row.stripe_charge === null && of(id, 'bad_debt') === charged
          if (isOutside && net === 0n && fee === 0n) return []
          if (fee === BigInt(row.processing) && net + fee === charged) return []
          return [
            `${invoice(row)} was paid with ${charged} ${row.currency}, ${row.processing} of it processing, but booked as ${net} and ${fee}`,
          ]
        })
    },
  },
  {
    name: 'each invoice that a card paid names its charge',
    run: async (unit, directory) => {
      const paid = await sumOfEntries(unit, { kind: 'paid', causeType: 'invoice' })
      return (await store.listCardInvoices(directory))
        .filter((row) => row.state === 'paid' && row.card > 0 && row.stripe_charge === null)
        .filter((row) => !paid.has(`${encodeId(idPrefixes.invoice, row.id)} bad_debt`))
        .map((row) => `${invoice(row)} was paid by card, and no charge is known`)
    },
  },
]

/** Of an invoice at Stripe, what it says of itself in our words. */
function compareInvoice(row: store.CardInvoice, theirs: Stripe.Invoice): string[] {
  const isPaid = row.state === 'paid'
  return differing(invoice(row), {
    ...(row.state === 'draft' ? {} : { state: [row.state, theirs.status] }),
    ...(row.state === 'draft' ? {} : { amount: [row.card + row.tax, theirs.amount_due] }),
    'paid amount': [isPaid ? row.card + row.tax : 0, theirs.amount_paid],
    currency: [row.currency, theirs.currency.toUpperCase()],
    ...(row.state === 'draft' ? {} : { number: [row.number, theirs.number] }),
  })
}

async function compareInvoices(deps: Deps): Promise<string[]> {
  const { stripe, directory } = deps
  const rows = await store.listCardInvoices(directory)
  const known = new Set(rows.map(({ id }) => encodeId(idPrefixes.invoice, id)))
  return compareSides<store.CardInvoice, Stripe.Invoice>({
    ours: new Map(rows.flatMap((row) => (row.stripe_invoice ? [[row.stripe_invoice, row] as const] : []))),
    theirs: stripe.invoices.list({ limit: 100 }),
    find: (id) => unlessMissing(stripe.invoices.retrieve(id)),
    differ: compareInvoice,
    nameOf: invoice,
    unknown: (theirs) => {
      const own = theirs.metadata?.['bizq'] ?? ''
      const isNothing = theirs.status === 'draft' || theirs.status === 'void'
      if (theirs.amount_paid === 0 && (!isOurs(theirs, idPrefixes.invoice) || isNothing)) return []
      return [
        `Stripe has the invoice ${theirs.id} of ${theirs.amount_due} ${theirs.currency}, ${theirs.amount_paid} of it paid, ${
          known.has(own) ? `for ${own}, which is another one there` : 'and nothing here knows of it'
        }`,
      ]
    },
  })
}

async function compareCharges({ stripe, directory }: Deps): Promise<string[]> {
  const rows = await store.listCardInvoices(directory)
  return compareSides<store.CardInvoice, Stripe.Charge>({
    ours: new Map(rows.flatMap((row) => (row.stripe_charge ? [[row.stripe_charge, row] as const] : []))),
    theirs: stripe.charges.list({ limit: 100, expand: ['data.balance_transaction'] }),
    find: (id) => unlessMissing(stripe.charges.retrieve(id, { expand: ['balance_transaction'] })),
    differ: (row, theirs) => {
      const entry = theirs.balance_transaction
      return differing(`the charge of ${invoice(row)}`, {
        state: ['succeeded', theirs.status],
        amount: [row.card + row.tax, theirs.amount],
        currency: [row.currency, theirs.currency.toUpperCase()],
        processing: [row.processing, typeof entry === 'object' ? (entry?.fee ?? 0) : entry],
      })
    },
    nameOf: (row) => `the charge of ${invoice(row)}`,
    unknown: (theirs) =>
      theirs.status === 'failed'
        ? []
        : [
            `Stripe has the charge ${theirs.id} of ${theirs.amount} ${theirs.currency}, and no invoice is paid by it`,
          ],
  })
}

type Customer = Stripe.Customer & { newestCard: string | null }

async function compareCards({ stripe, directory }: Deps): Promise<string[]> {
  const rows = await store.listCards(directory)
  const find = async (id: string): Promise<Customer | undefined> => {
    const customer = await unlessMissing(stripe.customers.retrieve(id))
    if (!customer || customer.deleted) return undefined
    const { data } = await stripe.customers.listPaymentMethods(id, { type: 'card', limit: 1 })
    return { ...customer, newestCard: data[0]?.id ?? null }
  }
  return compareSides({
    ours: new Map(rows.map((row) => [row.stripe_customer, row])),
    theirs: customersWith(rows, find),
    differ: (row, theirs) =>
      differing(`the customer of ${organisation(row.organisation_id)}`, {
        card: [row.card, theirs.newestCard],
      }),
    nameOf: (row) => `the customer of ${organisation(row.organisation_id)}`,
    unknown: () => [],
  })
}

/** Customers are asked for one by one: no list of theirs names cards. */
async function* customersWith(
  rows: readonly { stripe_customer: string }[],
  find: (id: string) => Promise<Customer | undefined>,
): AsyncGenerator<Customer> {
  const atOnce = 8
  for (let i = 0; i < rows.length; i += atOnce) {
    const some = rows.slice(i, i + atOnce).map(({ stripe_customer: id }) => find(id))
    for (const found of await Promise.all(some)) if (found) yield found
  }
}

/** What Stripe keeps of what operators pay. */
export const billingComparisons: readonly StripeComparison[] = [
  { name: 'invoices are what Stripe says, invoice by invoice', run: compareInvoices },
  { name: 'payments are what Stripe says, charge by charge, and what it kept of each', run: compareCharges },
  { name: 'the card that is charged is the customer’s newest', run: compareCards },
]
