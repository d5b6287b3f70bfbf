import { z } from 'zod'
import { defineAction } from './define.ts'
import { parameter, ref } from './parameters.ts'
import { mail } from './patch.ts'
import { fillTemplate } from './template.ts'
import { checkFilled } from './third-party.ts'

const records = { customer: 'customers', supplier: 'suppliers' } as const

/** Sends an e-mail to one customer or one supplier. */
export const emailSend = defineAction('email.send', {
  risk: 'medium',
  reachesThirdParty: true,
  movesMoneyOut: false,
  parameters: z.object({
    customer: ref('customers').optional(),
    supplier: ref('suppliers').optional(),
    purpose: parameter.choice(['service', 'marketing']),
    subject: parameter.template(150),
    text: parameter.template(10_000),
  }),
  exactlyOne: ['customer', 'supplier'],
  target: ['customer', 'supplier'],
  records,
  stake: (_records, _parameters, { currency }) => ({ amount: 0, currency }),
  precondition(loaded, { purpose, subject, text }, now) {
    if (!(loaded.customer ?? loaded.supplier)?.email) return { code: 'no-email-address' }
    if (purpose === 'marketing' && loaded.customer?.acceptsMarketing !== true) {
      return { code: 'marketing-not-agreed' }
    }
    return checkFilled(records, [subject, text], loaded, now)
  },
  card: ['customer.name', 'customer.email', 'customer.acceptsMarketing', 'supplier.name', 'supplier.email'],
  effect: (loaded, { customer, supplier, subject, text }, now) => [
    mail(
      customer === undefined ? 'suppliers' : 'customers',
      customer ?? supplier ?? '',
      fillTemplate({ records }, subject, loaded, now).text,
      fillTemplate({ records }, text, loaded, now).text,
    ),
  ],
  undo: 'none',
  undoWithin: null,
  hasCarryOver: false,
  editable: ['subject', 'text'],
  expiresAfter: 'P7D',
  placeholders: ['business.name', 'customer.name', 'customer.company', 'supplier.name'],
})
