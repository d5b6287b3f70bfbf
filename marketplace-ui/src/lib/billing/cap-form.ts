import { readAmount } from '@bizq/app-kit/amounts.ts'
import { refused, settled, keyOf, text } from '@bizq/app-kit/forms.ts'
import type { Api } from '@bizq/app-kit/transport.ts'
import { setUsageCap } from '#lib/api/billing.ts'
import { m } from '#lib/paraglide/messages.js'

/** Sets the cap of a subscription from its form; an empty one gives it back to what holds for everybody. */
export async function saveCap(api: Api, form: FormData) {
  const typed = text(form, 'cap')
  const amount = typed === '' ? null : readAmount(typed, Number(text(form, 'digits') || 2))
  if (amount === undefined)
    return refused({
      type: 'about:blank',
      title: m.bil_cap_unread(),
      detail: m.bil_cap_unread_text({ typed }),
      status: 422,
    })
  return settled(await setUsageCap(api, text(form, 'subscription'), amount, keyOf(form)), 'capped')
}
