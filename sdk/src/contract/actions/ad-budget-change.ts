import { z } from 'zod'
import { defineAction } from './define.ts'
import { parameter, ref } from './parameters.ts'
import { set } from './patch.ts'

const monthDays = 30

/** Changes what a campaign may spend a day. */
export const adBudgetChange = defineAction('ad_budget.change', {
  risk: 'medium',
  reachesThirdParty: false,
  movesMoneyOut: true,
  parameters: z.object({ campaign: ref('campaigns'), dailyBudget: parameter.money() }),
  target: ['campaign'],
  records: { campaign: 'campaigns' },
  /** The difference over a month; without a budget so far, the whole new one. */
  stake({ campaign }, { dailyBudget }) {
    const { amount: before, currency } = campaign.dailyBudget ?? { amount: 0, currency: dailyBudget.currency }
    const amount = Math.abs(dailyBudget.amount - before) * monthDays
    return currency === dailyBudget.currency && Number.isSafeInteger(amount) ? { amount, currency } : null
  },
  precondition({ campaign }, { dailyBudget }) {
    if (campaign.status === 'ended') return { code: 'not-active' }
    if (campaign.dailyBudget === null) return true
    if (campaign.dailyBudget.currency !== dailyBudget.currency) return { code: 'currency-differs' }
    return campaign.dailyBudget.amount === dailyBudget.amount ? { code: 'unchanged' } : true
  },
  card: ['campaign.name', 'campaign.platform', 'campaign.status', 'campaign.dailyBudget'],
  effect: ({ campaign }, { dailyBudget }) => [set('campaigns', campaign.id, { dailyBudget })],
  undo: 'restore',
  undoWithin: 'P14D',
  hasCarryOver: true,
  editable: ['dailyBudget'],
  expiresAfter: 'P3D',
})
