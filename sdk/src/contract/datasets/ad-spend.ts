import { defineDataset, field } from '../dataset.ts'

export const adSpend = defineDataset({
  name: 'adSpend',
  singular: 'day of ad spend',
  prefix: 'ads',
  description: 'What each campaign spent and brought in, by day.',
  time: 'day',
  openWhile: null,
  naturalKey: ['campaign', 'day'],
  fields: {
    id: field.identifier(),
    campaign: field.reference('campaigns', 'The campaign.', { required: true }),
    day: field.date('The day.', { required: true }),
    spend: field.money('What it spent.', { required: true }),
    impressions: field.quantity('How often it was shown.'),
    clicks: field.quantity('How often it was clicked.'),
    conversions: field.quantity('How many bought.'),
    revenue: field.money('What they bought for.'),
  },
})
