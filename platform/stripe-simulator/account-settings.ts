import type { Params } from './params.ts'
import { readAddress } from './payment-methods.ts'
import type { Account } from './wire.ts'

export function readProfile(
  params: Params | undefined,
  before: Account['business_profile'],
): NonNullable<Account['business_profile']> {
  const text = (name: string, was: string | null | undefined) => params?.orNull(name) ?? was ?? null
  params?.accept('annual_revenue', 'estimated_worker_count')
  return {
    annual_revenue: null,
    estimated_worker_count: null,
    mcc: text('mcc', before?.mcc),
    minority_owned_business_designation: null,
    name: text('name', before?.name),
    product_description: text('product_description', before?.product_description),
    specified_commercial_transactions_act_url: null,
    support_address: readAddress(params?.group('support_address')) ?? before?.support_address ?? null,
    support_email: text('support_email', before?.support_email),
    support_phone: text('support_phone', before?.support_phone),
    support_url: text('support_url', before?.support_url),
    url: text('url', before?.url),
  }
}

type Settings = NonNullable<Account['settings']>

export const firstSettings: Settings = {
  branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
  card_issuing: { tos_acceptance: { date: null, ip: null } },
  card_payments: {
    decline_on: { avs_failure: false, cvc_failure: false },
    statement_descriptor_prefix: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
  dashboard: { display_name: null, timezone: 'Etc/UTC' },
  invoices: { default_account_tax_ids: null, hosted_payment_method_save: null },
  payments: {
    statement_descriptor: null,
    statement_descriptor_kana: null,
    statement_descriptor_kanji: null,
    statement_descriptor_prefix_kana: null,
    statement_descriptor_prefix_kanji: null,
  },
  payouts: {
    debit_negative_balances: true,
    schedule: { delay_days: 2, interval: 'daily' },
    statement_descriptor: null,
  },
  sepa_debit_payments: {},
}

/** Also the new home of this schedule, the balance settings, reads it so. */
function readSchedule(
  params: Params,
  before: { delay_days: number; interval: string },
): { delay_days: number; interval: string; weekly_anchor?: string; monthly_anchor?: number } {
  const interval = params.oneOf('interval', ['manual', 'daily', 'weekly', 'monthly']) ?? before.interval
  params.accept('delay_days')
  const weekly = params.texts('weekly_payout_days')?.[0] ?? params.text('weekly_anchor')
  const days = params.texts('monthly_payout_days')?.[0]
  const monthly = days === undefined ? params.whole('monthly_anchor') : Number(days)
  return {
    delay_days: before.delay_days,
    interval,
    ...(interval === 'weekly' && { weekly_anchor: weekly ?? 'monday' }),
    ...(interval === 'monthly' && { monthly_anchor: monthly ?? 1 }),
  }
}

export function readSettings(params: Params | undefined, before: Settings): Settings {
  const payouts = params?.group('payouts')
  const schedule = payouts?.group('schedule')
  params?.accept('branding', 'dashboard', 'payments', 'card_payments')
  payouts?.accept('statement_descriptor')
  const was = before.payouts ?? {
    debit_negative_balances: true,
    schedule: { delay_days: 2, interval: 'daily' },
    statement_descriptor: null,
  }
  const debits = payouts?.flag('debit_negative_balances') ?? was.debit_negative_balances
  return {
    ...before,
    payouts: {
      ...was,
      debit_negative_balances: debits,
      ...(schedule && { schedule: readSchedule(schedule, was.schedule) }),
    },
  }
}
