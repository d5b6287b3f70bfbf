import { need } from '@bizq/app-kit/server.ts'
import { answer, given } from '@bizq/app-kit/transport.ts'
import type { LedgerAccount } from '#lib/money/words.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ locals, url }) => {
  const api = await locals.api('platform')
  const account = (url.searchParams.get('account') ?? '') as LedgerAccount | ''
  const query = {
    limit: 100,
    account: given(account),
    cursor: given(url.searchParams.get('cursor')),
  }
  const page = need(await answer(api.GET('/admin/ledger/accounts', { params: { query } })), url)
  return { balances: page.items, next: page.next, account }
}
