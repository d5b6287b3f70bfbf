import { between, pick } from './dice.ts'
import { idsOf, type Making, type Row } from './making.ts'

export function makeCampaigns({ roll, id, money, dayAt, countOf, size }: Making): Row[] {
  return Array.from({ length: countOf('campaigns', Math.min(size / 8, 30)) }, (_, i) => ({
    id: id('campaigns'),
    name: `Campaign ${i + 1}`,
    platform: pick(['Google', 'Meta'], roll),
    status: i % 5 === 4 ? 'paused' : 'active',
    objective: pick(['Sales', 'Reach'], roll),
    dailyBudget: money(between(10, 60, roll) * 100),
    startsAt: dayAt(-between(40, 200, roll)),
    endsAt: dayAt(between(20, 90, roll)),
  }))
}

export function makeAdSpend(making: Making, campaigns: readonly Row[]): Row[] {
  const { roll, id, money, dayAt, countOf, size, windowOf } = making
  const ids = idsOf(campaigns)
  const count = countOf('adSpend', size * 3)
  const span = Math.min(windowOf('adSpend') - 1, 3_000)
  return Array.from({ length: count }, (_, i) => {
    const which = i % ids.length
    const clicks = between(20, 200, roll)
    // Some campaigns never pay, some always, and some used to.
    const isPoor = which % 3 === 0 || (which % 3 === 1 && i > count / 2)
    return {
      id: id('adSpend'),
      campaign: ids[which] ?? null,
      day: dayAt(-Math.floor(((count - 1 - i) / Math.max(count - 1, 1)) * span)),
      spend: money(between(8, 60, roll) * 100),
      impressions: clicks * between(20, 60, roll),
      clicks,
      conversions: Math.ceil(clicks * (isPoor ? 0.01 : 0.06)),
      revenue: money(between(5, 180, roll) * (isPoor ? 20 : 100)),
    }
  })
}

interface Beside {
  customers: readonly Row[]
  orders: readonly Row[]
}

export function makeTickets(making: Making, { customers, orders }: Beside): Row[] {
  const { roll, id, instantAt, countOf, size, backIn } = making
  return Array.from({ length: countOf('tickets', size) }, () => {
    const opened = roll() < 0.3 ? -between(0, 6, roll) : backIn('tickets')
    const isClosed = opened < -6
    return {
      id: id('tickets'),
      customer: pick(idsOf(customers), roll),
      order: pick(idsOf(orders), roll),
      openedAt: instantAt(opened),
      repliedAt: isClosed || roll() < 0.4 ? instantAt(Math.min(opened + 1, 0)) : null,
      closedAt: isClosed ? instantAt(Math.min(opened + 3, 0)) : null,
      status: isClosed ? 'closed' : pick(['open', 'waiting'], roll),
      priority: pick(['low', 'normal', 'high', 'urgent'], roll),
      channel: pick(['email', 'chat'], roll),
      topic: pick(['Delivery', 'Returns', 'Billing'], roll),
      subject: pick(['Where is my order?', 'Wrong size', 'Invoice question'], roll),
      message: 'Hello, this is [person]. My parcel has not come yet, please call [phone].',
    }
  })
}
