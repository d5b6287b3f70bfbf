import { decodeId } from '@bizq/sdk/contract'
import { turnAccount } from '../src/features/billing/turn.ts'
import { settleRefundJob, takeBackJob } from '../src/features/refunds/index.ts'
import { answering, asAdmin, openOffice, runIt, type Office } from './executions.ts'
import type { Platform } from './harness.ts'
import { expectSound } from './money.ts'
import type { Person } from './people.ts'
import { moneyTest, workOff, type MoneyOptions } from './stripe.ts'

/** A marketplace for each file and a till for each test's operator; what must hold of the money holds after each. */
export const billingTest = (options?: MoneyOptions) =>
  moneyTest(options).extend<{ till: Till }>({
    till: async ({ platform, operator }, use) => {
      await use(openTill(platform, operator))
      await expectSound(platform)
    },
  })

/** What tests do with an operator's billing as the clock, the worker and Stripe would. */
export interface Till {
  /** Chooses a plan, gives a card and passes the trial. */
  begin(terms?: { plan?: string; card?: string }): Promise<void>
  /** Puts the account ahead so many days, one after the other, and does what comes due. */
  advance(days: number): Promise<void>
  /** Does what is due now. */
  turn(): Promise<void>
  /** Gives the account a card of the simulator, such as `pm_card_visa`. */
  giveCard(method?: string): Promise<void>
  /** Runs the open execution of a subscription. */
  run(subscription: string): Promise<void>
  /** Settles what was taken back. */
  refund(): Promise<void>
  /** The newest invoice, with its lines. */
  newest(): Promise<any> // oxlint-disable-line typescript/no-explicit-any -- tests read bodies of many shapes
}

export function openTill(platform: Platform, operator: Person): Till {
  const organisation = decodeId('org', operator.organisation)
  const { deps } = platform
  const advance = async (days: number) => {
    const answer = await operator.post('/v1/billing/test-clock/advance', { days })
    if (answer.status !== 200) throw new Error(`not advanced: ${JSON.stringify(answer.body)}`)
  }
  const giveCard = async (method = 'pm_card_visa') => {
    const asked = await operator.post('/v1/billing/payment-method', { returnTo: '/billing' })
    if (asked.status !== 200) throw new Error(`no page: ${JSON.stringify(asked.body)}`)
    const customer = await customerOf(platform, organisation)
    await deps.stripe.paymentMethods.attach(method, { customer })
    for (const sync of deps.stripeSyncs)
      if (sync.object === 'customer') await sync.sync(deps, { id: customer, account: null })
  }
  return {
    begin: async ({ plan = 'starter', card } = {}) => {
      const chosen = await operator.send('PUT', '/v1/billing/plan', { plan })
      if (chosen.status !== 200) throw new Error(`not chosen: ${JSON.stringify(chosen.body)}`)
      await giveCard(card)
      await advance(14)
    },
    advance,
    turn: () => turnAccount(deps, organisation),
    giveCard,
    run: async (subscription) => {
      const { body } = await operator.get(`/v1/subscriptions/${subscription}/executions?limit=1`)
      const [latest] = body.items
      const isOpen = latest && ['queued', 'waiting', 'running'].includes(latest.state)
      const id = isOpen
        ? latest.id
        : (await operator.post(`/v1/subscriptions/${subscription}/executions`)).body.id
      await runIt(platform, operator, id)
    },
    refund: async () => {
      await takeBackJob.handle(deps, [{}])
      await workOff(platform, [settleRefundJob])
    },
    newest: async () => {
      const { body } = await operator.get('/v1/invoices?limit=1')
      return (await operator.get(`/v1/invoices/${body.items[0].id}`)).body
    },
  }
}

/** A service that costs this, subscribed to and run once. */
export async function openShop(
  platform: Platform,
  operator: Person,
  till: Till,
  pricing: object,
): Promise<Office> {
  const office = await openOffice(platform, operator, { body: answering('{}'), manifest: { pricing } })
  await till.run(office.subscription)
  return office
}

async function customerOf(platform: Platform, organisation: string): Promise<string> {
  const rows = await asAdmin<{ stripe_customer: string }[]>(
    platform,
    'select stripe_customer from bizq.billing_accounts where organisation_id = $1',
    [organisation],
  )
  return rows[0]?.stripe_customer ?? ''
}

/** What stands in an account of the ledger, for a party if it has one. */
export async function balanceOf(platform: Platform, account: string, party?: string): Promise<number> {
  const [row] = await asAdmin<{ sum: string | null }[]>(
    platform,
    'select sum(amount)::text as sum from bizq.ledger_postings where account = $1 and ($2::uuid is null or party_id = $2::uuid)',
    [account, party ?? null],
  )
  return Number(row?.sum ?? 0)
}
