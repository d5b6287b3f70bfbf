import { defineDataset, field } from '../dataset.ts'

export const tickets = defineDataset({
  name: 'tickets',
  singular: 'ticket',
  prefix: 'tkt',
  description: 'What customers ask support.',
  time: 'openedAt',
  openWhile: { field: 'status', values: ['open', 'waiting'] },
  naturalKey: ['number'],
  fields: {
    id: field.identifier(),
    number: field.code('The help desk’s own number.'),
    customer: field.reference('customers', 'Who asks.'),
    order: field.reference('orders', 'The order that it is about.'),
    openedAt: field.timestamp('When it was opened.', { required: true }),
    repliedAt: field.timestamp('When it was last answered.'),
    closedAt: field.timestamp('When it was closed.'),
    status: field.enum(['open', 'waiting', 'closed'], 'Where it stands.', { required: true }),
    priority: field.enum(['low', 'normal', 'high', 'urgent'], 'How urgent it is.'),
    channel: field.category('How it came in.'),
    topic: field.category('What it is about.'),
    subject: field.text('Its subject.'),
    message: field.text('What the customer wrote.'),
  },
})
