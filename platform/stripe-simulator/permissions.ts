import { Refusal } from './refusal.ts'

/** A restricted key, `rk_test_…`, and what it may: names such as `rak_customer_write`. What may be written may be read. */
export interface RestrictedKey {
  key: string
  permissions: readonly string[]
}

/** What Stripe gives as one permission, by the beginning of the address. The first that fits counts. */
const resources: readonly (readonly [RegExp, string])[] = [
  [/^\/v1\/customers\/[^/]+\/payment_methods/, 'payment_method'],
  [/^\/v1\/customers/, 'customer'],
  [/^\/v1\/payment_methods/, 'payment_method'],
  [/^\/v1\/setup_intents/, 'setup_intent'],
  [/^\/v1\/checkout\/sessions/, 'checkout_session'],
  [/^\/v1\/(invoices|invoiceitems|invoice_payments|credit_notes)/, 'invoice'],
  [/^\/v1\/payment_intents/, 'payment_intent'],
  [/^\/v1\/(charges|refunds)/, 'charge'],
  [/^\/v1\/disputes/, 'dispute'],
  [/^\/v1\/account_links/, 'account_link'],
  [/^\/v1\/account_sessions/, 'account_session'],
  [/^\/v1\/accounts?(\/|$)/, 'connected_account'],
  [/^\/v1\/transfers/, 'transfer'],
  [/^\/v1\/payouts/, 'payout'],
  [/^\/v1\/balance_settings/, 'balance_settings'],
  [/^\/v1\/balance_transactions/, 'balance_transaction'],
  [/^\/v1\/balance/, 'balance'],
  [/^\/v1\/events/, 'event'],
  [/^\/v1\/exchange_rates/, 'exchange_rate'],
  [/^\/v1\/files/, 'file'],
  [/^\/v1\/test_helpers\/test_clocks/, 'billing_clock'],
  [/^\/v1\/webhook_endpoints/, 'webhook'],
  [/^\/v1\/(products|prices|coupons)/, 'product'],
  [/^\/v1\/subscriptions|^\/v1\/subscription_items/, 'subscription'],
]

/** What a request needs, such as `rak_invoice_write`. */
export function permissionOf(method: string, path: string): string {
  const found = resources.find(([pattern]) => pattern.test(path))
  return `rak_${found?.[1] ?? 'other'}_${method === 'GET' ? 'read' : 'write'}`
}

/** Refuses what the key may not, as Stripe does. */
export function requirePermission(
  { key, permissions }: RestrictedKey,
  method: string,
  path: string,
  account: string,
): void {
  const needed = permissionOf(method, path)
  const may = new Set(permissions)
  if (may.has(needed) || may.has(needed.replace(/_read$/, '_write'))) return
  const shown = `${key.slice(0, 8)}${'*'.repeat(Math.max(0, key.length - 12))}${key.slice(-4)}`
  throw new Refusal(403, {
    type: 'invalid_request_error',
    message: `The provided key '${shown}' does not have the required permissions for this endpoint on account '${account}'. Having the '${needed}' permission would allow this request to continue.`,
  })
}
