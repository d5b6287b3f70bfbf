import { payoutSyncs } from '../src/features/payouts/index.ts'
import type { Person } from './people.ts'
import type { MoneyPlatform } from './stripe.ts'

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
