import { defineDataset, field } from '../dataset.ts'

export const campaigns = defineDataset({
  name: 'campaigns',
  singular: 'campaign',
  prefix: 'cmp',
  description: 'Advertising campaigns.',
  time: null,
  openWhile: null,
  naturalKey: ['platform', 'name'],
  fields: {
    id: field.identifier(),
    name: field.text('What it is called.', { required: true }),
    platform: field.category('Where it runs: Google, Meta, …', { required: true }),
    status: field.enum(['active', 'paused', 'ended'], 'Whether it runs.', { required: true }),
    objective: field.category('What it is for.'),
    dailyBudget: field.money('The most that it may spend a day.'),
    startsAt: field.date('Its first day.'),
    endsAt: field.date('Its last day.'),
  },
})
