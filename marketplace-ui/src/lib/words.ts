import { m } from '#lib/paraglide/messages.js'

type Words = Record<string, () => string>

const read = (words: Words, key: string): string => words[key]?.() ?? humanise(key)

/** `remindersSent` and `cash-flow` as words, for what has no word of its own. */
export function humanise(key: string): string {
  const words = key
    .replaceAll(/[-_.]/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
  const short = words.replace(/(ed|paid|due) at$/, '$1')
  return short.charAt(0).toUpperCase() + short.slice(1)
}

const datasets: Words = {
  suppliers: m.dataset_suppliers,
  customers: m.dataset_customers,
  accounts: m.dataset_accounts,
  products: m.dataset_products,
  inventory: m.dataset_inventory,
  invoices: m.dataset_invoices,
  bills: m.dataset_bills,
  transactions: m.dataset_transactions,
  orders: m.dataset_orders,
  orderLines: m.dataset_order_lines,
  purchaseOrders: m.dataset_purchase_orders,
  campaigns: m.dataset_campaigns,
  adSpend: m.dataset_ad_spend,
  tickets: m.dataset_tickets,
}
export const datasetWord = (name: string) => read(datasets, name)

const actionTypes: Words = {
  'bill.reschedule': m.action_bill_reschedule,
  'invoice.remind': m.action_invoice_remind,
  'invoice.offer_discount': m.action_invoice_offer_discount,
  'price.change': m.action_price_change,
  'stock.reorder': m.action_stock_reorder,
  'ad_budget.change': m.action_ad_budget_change,
  'expense.categorise': m.action_expense_categorise,
  'payment.match': m.action_payment_match,
  'refund.issue': m.action_refund_issue,
  'email.send': m.action_email_send,
  'ticket.reply': m.action_ticket_reply,
  'task.create': m.action_task_create,
}
export const actionTypeWord = (type: string) => read(actionTypes, type)

const reasons: Words = {
  'wrong-facts': m.reason_wrong_facts,
  'bad-timing': m.reason_bad_timing,
  'amount-too-high': m.reason_amount_too_high,
  'amount-too-low': m.reason_amount_too_low,
  relationship: m.reason_relationship,
  tone: m.reason_tone,
  'already-done': m.reason_already_done,
  'not-wanted': m.reason_not_wanted,
  other: m.reason_other,
}
export const reasonWord = (code: string) => read(reasons, code)

const risks: Words = { low: m.risk_low, medium: m.risk_medium, high: m.risk_high }
export const riskWord = (risk: string) => read(risks, risk)

const masks: Words = {
  clear: m.mask_clear,
  pseudonym: m.mask_pseudonym,
  scaled: m.mask_scaled,
  coarse: m.mask_coarse,
  redacted: m.mask_redacted,
  withheld: m.mask_withheld,
  exact: m.mask_exact,
}
export const maskWord = (mask: string) => read(masks, mask)

const outcomes: Words = {
  apply: m.outcome_apply,
  'apply-and-tell': m.outcome_apply_and_tell,
  ask: m.outcome_ask,
  'ask-two': m.outcome_ask_two,
  block: m.outcome_block,
}
export const outcomeWord = (outcome: string) => read(outcomes, outcome)

const states: Words = {
  proposed: m.state_proposed,
  'awaiting-second': m.state_awaiting_second,
  approved: m.state_approved,
  applied: m.state_applied,
  blocked: m.state_blocked,
  rejected: m.state_rejected,
  expired: m.state_expired,
  replaced: m.state_replaced,
  failed: m.state_failed,
  withdrawn: m.state_withdrawn,
  undone: m.state_undone,
  queued: m.state_queued,
  waiting: m.state_waiting,
  running: m.state_running,
  succeeded: m.state_succeeded,
  refused: m.state_refused,
  cancelled: m.state_cancelled,
  received: m.state_received,
  'needs-mapping': m.state_needs_mapping,
  finished: m.state_finished,
  active: m.state_active,
  paused: m.state_paused,
  held: m.state_held,
  pending: m.state_pending,
  'carrying-out': m.state_carrying_out,
  done: m.state_done,
  unknown: m.state_unknown,
  superseded: m.state_superseded,
  retrying: m.state_retrying,
  delivered: m.state_delivered,
  kept: m.state_kept,
  sending: m.state_sending,
  removed: m.state_removed,
  dropped: m.state_dropped,
  sent: m.state_sent,
  open: m.state_open,
  confirmed: m.state_confirmed,
}
export const stateWord = (state: string) => read(states, state)

const tones: Record<string, 'good' | 'wait' | 'bad'> = {
  applied: 'good',
  succeeded: 'good',
  finished: 'good',
  active: 'good',
  done: 'good',
  delivered: 'good',
  sent: 'good',
  confirmed: 'good',
  proposed: 'wait',
  'awaiting-second': 'wait',
  approved: 'wait',
  waiting: 'wait',
  queued: 'wait',
  running: 'wait',
  'needs-mapping': 'wait',
  received: 'wait',
  paused: 'wait',
  held: 'wait',
  pending: 'wait',
  'carrying-out': 'wait',
  unknown: 'wait',
  retrying: 'wait',
  open: 'wait',
  failed: 'bad',
  blocked: 'bad',
  refused: 'bad',
}
export const stateTone = (state: string) => tones[state] ?? 'plain'

const roles: Words = {
  owner: m.role_owner,
  manager: m.role_manager,
  certifier: m.role_certifier,
  viewer: m.role_viewer,
}
export const roleWord = (role: string | null) => (role ? read(roles, role) : '–')

const categories: Words = {
  financial: m.category_financial,
  marketing: m.category_marketing,
  operations: m.category_operations,
  growth: m.category_growth,
  compliance: m.category_compliance,
}
/** The first part of a category: `financial/cash-flow` is Financial. */
export const categoryWord = (category: string) => read(categories, category.split('/')[0] ?? category)

/** A manifest's window, `180d` or `24m`, in words. */
export function historyWord(history: string | null | undefined): string {
  const match = /^(\d+)([dwmy])$/.exec(history ?? '')
  if (!match) return history ?? m.history_all()
  const count = Number(match[1])
  if (match[2] === 'd') return m.history_days({ count })
  if (match[2] === 'w') return m.history_weeks({ count })
  if (match[2] === 'm') return m.history_months({ count })
  return m.history_years({ count })
}

const schedules: Words = {
  hourly: m.schedule_hourly,
  daily: m.schedule_daily,
  weekly: m.schedule_weekly,
  monthly: m.schedule_monthly,
}
export const scheduleWord = (schedule: string | null) =>
  schedule ? read(schedules, schedule) : m.schedule_by_hand()

const notes: Words = {
  'card-changed': m.note_card_changed,
  'record-gone': m.note_record_gone,
  'policy-asks-now': m.note_policy_asks_now,
  'needs-second-person': m.note_needs_second_person,
  'blocked-by-policy': m.note_blocked_by_policy,
  'release-suspended': m.note_release_suspended,
  'release-taken-back': m.note_release_taken_back,
  'release-withdrawn': m.note_release_withdrawn,
  stopped: m.note_stopped,
  'mail-refused': m.note_mail_refused,
  'no-email-address': m.note_no_email_address,
  'not-open': m.note_not_open,
  'not-active': m.note_not_active,
  'not-paid': m.note_not_paid,
  'amount-too-high': m.note_amount_too_high,
  'already-matched': m.note_already_matched,
  'date-in-the-past': m.note_date_in_the_past,
  unchanged: m.note_unchanged,
}
/** Why an action came back to the queue, failed, or was withdrawn. */
export const noteWord = (note: string) => read(notes, note)
