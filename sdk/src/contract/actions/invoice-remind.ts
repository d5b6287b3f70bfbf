import { z } from 'zod'
import { defineAction } from './define.ts'
import { checkFilled, invoicePlaceholders } from './third-party.ts'
import { parameter, ref } from './parameters.ts'
import { mail, set } from './patch.ts'
import { fillTemplate } from './template.ts'
import { messagesFor } from './messages/index.ts'

const records = { invoice: 'invoices', 'invoice.customer': 'customers' } as const
const words = (given: { subject?: string | undefined; text?: string | undefined }, locale: string) => {
  const usual = messagesFor(locale).mail['invoice.remind']
  return { subject: given.subject ?? usual.subject, text: given.text ?? usual.text }
}

/** Reminds a customer of an invoice by e-mail, in the provider's words or the platform's. */
export const invoiceRemind = defineAction('invoice.remind', {
  risk: 'medium',
  reachesThirdParty: true,
  movesMoneyOut: false,
  parameters: z.object({
    invoice: ref('invoices'),
    subject: parameter.template(150).optional(),
    text: parameter.template(4_000).optional(),
  }),
  target: ['invoice'],
  records,
  stake: ({ invoice }) => invoice.amountDue,
  precondition(loaded, parameters, now) {
    if (loaded.invoice.status !== 'open') return { code: 'not-open' }
    if (!loaded['invoice.customer']?.email) return { code: 'no-email-address' }
    return checkFilled(records, Object.values(words(parameters, now.locale)), loaded, now)
  },
  card: [
    'invoice.customer',
    'invoice.customer.name',
    'invoice.customer.email',
    'invoice.amountDue',
    'invoice.dueAt',
    'invoice.status',
    'invoice.remindedAt',
  ],
  effect(loaded, parameters, now) {
    const { subject, text } = words(parameters, now.locale)
    const { invoice } = loaded
    return [
      set('invoices', invoice.id, { remindedAt: now.today, remindersSent: (invoice.remindersSent ?? 0) + 1 }),
      mail(
        'customers',
        invoice.customer ?? '',
        fillTemplate({ records }, subject, loaded, now).text,
        fillTemplate({ records }, text, loaded, now).text,
      ),
    ]
  },
  undo: 'none',
  undoWithin: null,
  hasCarryOver: false,
  editable: ['subject', 'text'],
  expiresAfter: 'P7D',
  placeholders: invoicePlaceholders,
})
