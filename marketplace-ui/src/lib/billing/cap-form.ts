import { refused, settled, keyOf, text } from '@bizq/app-kit/forms.ts'
import type { Api } from '@bizq/app-kit/transport.ts'
import { setUsageCap } from '#lib/api/billing.ts'
import { m } from '#lib/paraglide/messages.js'

/** Minor units of an amount as people type it, with a point or a comma; undefined where it is no amount. */
export function readAmount(typed: string, digits: number): number | undefined {
  const match = /^(\d{1,9})(?:[.,](\d+))?$/.exec(typed.replaceAll(/\s/g, ''))
  if (!match || (match[2] ?? '').length > digits) return undefined
  return Number(match[1]) * 10 ** digits + Number((match[2] ?? '').padEnd(digits, '0') || 0)
}

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
