import { randomUUID } from 'node:crypto'
import {
  makeTransferJob,
  payoutSyncs,
  planTransfersJob,
  reverseSale,
  reverseTransferJob,
  type PaidLine,
} from '../src/features/payouts/index.ts'
import { asPlatform } from './money.ts'
import type { Person } from './people.ts'
import { workOff, type MoneyPlatform } from './stripe.ts'

const syncOf = (object: string) => {
  const found = payoutSyncs.find((each) => each.object === object)
  if (!found) throw new Error(`nothing follows ${object}`)
  return found.sync
}

/** The provider's own account at Stripe, as it says so itself. */
export async function accountAt({ deps }: MoneyPlatform, provider: Person): Promise<string> {
  const made = await provider.post('/v1/provider/account/onboarding-link', {})
  if (made.status !== 201) throw new Error(`no link: ${JSON.stringify(made.body)}`)
  const accounts = await deps.stripe.accounts.list({ limit: 1 })
  const id = accounts.data[0]?.id
  if (!id) throw new Error('there is no account')
  return id
}

/** Gives Stripe what it asks for, on its own page, and looks at the account again. Answers Stripe's id. */
export async function enable(
  platform: MoneyPlatform,
  provider: Person,
  give: 'all' | 'no-bank' | 'unclear' = 'all',
): Promise<string> {
  const account = await accountAt(platform, provider)
  const { body } = await provider.post('/v1/provider/account/onboarding-link', {})
  const page = await fetch(body.url as string, {
    method: 'POST',
    body: new URLSearchParams({ give, number: '000123456789' }),
    redirect: 'manual',
  })
  if (page.status !== 303) throw new Error(`the page answered ${page.status}`)
  await syncOf('account')(platform.deps, { id: account, account })
  return account
}

/** Looks at an object of Stripe's again, as an event about it would. */
export function follow(platform: MoneyPlatform, object: string, id: string, account: string | null = null) {
  return syncOf(object)(platform.deps, { id, account })
}

/** Money of the platform's own that can be transferred, by card. */
export async function fund({ deps }: MoneyPlatform, amount: number, currency = 'usd'): Promise<void> {
  await deps.stripe.paymentIntents.create({
    amount,
    currency,
    payment_method: 'pm_card_bypassPending',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
}

/** What Stripe sent to an account, the newest first. */
export const transfersTo = async ({ deps }: MoneyPlatform, destination: string) =>
  (await deps.stripe.transfers.list({ destination, limit: 100 })).data

/** A time of its own for the tests of a file, and what passes to providers as it goes on. */
export function openPaydays() {
  let ahead = 0
  const clock = () => new Date(Date.now() + ahead)
  const pass = (days: number) => void (ahead += days * 86_400_000)
  /** So many days later what is due to providers is planned. */
  const plan = async ({ deps }: MoneyPlatform, days = 32): Promise<void> => {
    pass(days)
    await planTransfersJob.handle(deps, [{}])
  }
  return {
    clock,
    pass,
    plan,
    /** A month later it is asked for besides, and all that follows from it. */
    monthLater: async (platform: MoneyPlatform): Promise<void> => {
      await plan(platform)
      await workOff(platform, [makeTransferJob, reverseTransferJob])
    },
    /** A part of a line goes back to the card that had paid it, and the provider's share of that with it. */
    giveBack: async (platform: MoneyPlatform, line: PaidLine, amount: bigint): Promise<void> => {
      const refund = randomUUID()
      const cause = { type: 'refund', id: refund }
      await asPlatform(platform, (unit) =>
        reverseSale(unit, { refund, cause, line: line.id, amount, to: 'card', at: clock() }),
      )
      await workOff(platform, [reverseTransferJob])
    },
  }
}
