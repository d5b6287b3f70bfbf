import { z } from 'zod'
import { defineAction } from './define.ts'
import { parameter, ref } from './parameters.ts'
import { mail, set } from './patch.ts'
import { fillTemplate } from './template.ts'
import { checkFilled } from './third-party.ts'
import { messagesFor } from './messages/index.ts'

const records = { ticket: 'tickets', 'ticket.customer': 'customers', 'ticket.order': 'orders' } as const

/** Answers a support ticket by e-mail, and closes it where the answer settles it. */
export const ticketReply = defineAction('ticket.reply', {
  risk: 'medium',
  reachesThirdParty: true,
  movesMoneyOut: false,
  parameters: z.object({
    ticket: ref('tickets'),
    text: parameter.template(10_000),
    closes: parameter.boolean().optional(),
  }),
  target: ['ticket'],
  records,
  stake: (_records, _parameters, { currency }) => ({ amount: 0, currency }),
  precondition(loaded, { text }, now) {
    if (loaded.ticket.status === 'closed') return { code: 'not-open' }
    if (!loaded['ticket.customer']?.email) return { code: 'no-email-address' }
    return checkFilled(records, [text], loaded, now)
  },
  card: [
    'ticket.customer.name',
    'ticket.customer.email',
    'ticket.subject',
    'ticket.message',
    'ticket.status',
    'ticket.repliedAt',
  ],
  effect(loaded, { text, closes }, now) {
    const { ticket } = loaded
    const subject = messagesFor(now.locale).mail['ticket.reply'].subject
    return [
      set('tickets', ticket.id, {
        repliedAt: now.now,
        status: closes ? 'closed' : 'waiting',
        ...(closes ? { closedAt: now.now } : {}),
      }),
      mail(
        'customers',
        ticket.customer ?? '',
        subject.replace('{ticket.subject}', () => ticket.subject ?? ticket.number ?? now.businessName),
        fillTemplate({ records }, text, loaded, now).text,
      ),
    ]
  },
  undo: 'none',
  undoWithin: null,
  hasCarryOver: true,
  editable: ['text', 'closes'],
  expiresAfter: 'P3D',
  placeholders: [
    'business.name',
    'customer.name',
    'ticket.number',
    'ticket.openedAt',
    'order.number',
    'order.placedAt',
    'order.fulfilledAt',
    'order.total',
  ],
})
