import { totalStakes } from '#lib/decide/group.ts'
import { texts } from '@bizq/app-kit/forms.ts'

/** The items of a posted bulk decision (`action version amount currency`) with the total that the page showed. */
export function readBulkItems(form: FormData) {
  const items = texts(form, 'item').map((item) => {
    const [action = '', version = '', amount = '0', currency = ''] = item.split(' ')
    return { action, version, stake: currency ? { amount: Number(amount), currency } : null }
  })
  return {
    items: items.map(({ action, version }) => ({ action, version })),
    expectedTotal: totalStakes(items),
  }
}
