import { z } from 'zod'
import { defineAction } from './define.ts'
import { checkFilled, invoicePlaceholders } from './third-party.ts'
import { parameter, ref } from './parameters.ts'
import { mail, set } from './patch.ts'
import { fillTemplate } from './template.ts'
import { messagesFor } from './messages/index.ts'

const records = { invoice: 'invoices', 'invoice.customer': 'customers' } as const
type Given = { rate: number; until: string; subject?: string | undefined; text?: string | undefined }

/** The offer's own terms stand in fields of the invoice, so that the text can name them before they are written. */
function offered<L extends { invoice: object }>(loaded: L, { rate, until }: Given): L {
  return { ...loaded, invoice: { ...loaded.invoice, discountRate: rate, discountUntil: until } }
}
const words = (given: Given, locale: string) => {
  const usual = messagesFor(locale).mail['invoice.offer_discount']
  return { subject: given.subject ?? usual.subject, text: given.text ?? usual.text }
}

/** Offers a customer a discount for paying an invoice early, by e-mail. */
export const invoiceOfferDiscount = defineAction('invoice.offer_discount', {
  risk: 'medium',
  reachesThirdParty: true,
  movesMoneyOut: false,
  parameters: z.object({
    invoice: ref('invoices'),
    rate: parameter.rate(0.5),
    until: parameter.date(),
    subject: parameter.template(150).optional(),
    text: parameter.template(4_000).optional(),
  }),
  target: ['invoice'],
  records,
  stake: ({ invoice }, { rate }) => ({
    amount: Math.ceil(invoice.amountDue.amount * rate),
    currency: invoice.amountDue.currency,
  }),
  precondition(loaded, parameters, now) {
    const { invoice } = loaded
    if (invoice.status !== 'open') return { code: 'not-open' }
    if (parameters.until < now.today) return { code: 'date-in-the-past' }
    if (invoice.discountRate === parameters.rate && invoice.discountUntil === parameters.until) {
      return { code: 'unchanged' }
    }
    if (!loaded['invoice.customer']?.email) return { code: 'no-email-address' }
    return checkFilled(
      records,
      Object.values(words(parameters, now.locale)),
      offered(loaded, parameters),
      now,
    )
  },
  card: [
    'invoice.customer',
    'invoice.customer.name',
    'invoice.customer.email',
    'invoice.amountDue',
    'invoice.dueAt',
    'invoice.status',
    'invoice.discountRate',
    'invoice.discountUntil',
  ],
  effect(loaded, parameters, now) {
    const { invoice } = loaded
    const { subject, text } = words(parameters, now.locale)
    const filled = offered(loaded, parameters)
    return [
      set('invoices', invoice.id, { discountRate: parameters.rate, discountUntil: parameters.until }),
      mail(
        'customers',
        invoice.customer ?? '',
        fillTemplate({ records }, subject, filled, now).text,
        fillTemplate({ records }, text, filled, now).text,
      ),
    ]
  },
  undo: 'none',
  undoWithin: null,
  hasCarryOver: true,
  editable: ['rate', 'until', 'subject', 'text'],
  expiresAfter: 'P7D',
  placeholders: [...invoicePlaceholders, 'invoice.discountRate', 'invoice.discountUntil'],
})
