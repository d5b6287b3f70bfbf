// What an installation says of its money, by names. As the superuser: no row is hidden.

const invoiceName = `o.name || ' ' || i.kind || ' of ' || i.period_index || ' from ' || to_char(i.period_start at time zone 'UTC', 'YYYY-MM-DD')`
const subject = `coalesce(s.slug, 'plan') || coalesce(' for ' || b.name, '')`
const lineName = `${invoiceName} || ' | ' || l.kind || ' ' || ${subject} || ' ' || to_char(l.from_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')
  || ' to ' || to_char(l.to_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI')`
const ofLine = `bizq.invoice_lines l
  join bizq.invoices i on i.organisation_id = l.organisation_id and i.id = l.invoice_id
  join bizq.organisations o on o.organisation_id = l.organisation_id
  left join bizq.services s on s.id = l.service_id
  left join bizq.businesses b on b.organisation_id = l.organisation_id and b.id = l.business_id`
const lineOf = (on: string) => ofLine.replace('invoice_lines l', `invoice_lines l on ${on}`)

/** Names that more than one has. */
export const namesakes = `
  select kind || ' ' || name as name from bizq.organisations group by kind, name having count(*) > 1
  union all select o.name || ' ' || b.name from bizq.businesses b join bizq.organisations o using (organisation_id)
    group by o.name, b.name having count(*) > 1`

/** Each answers rows with a `name` and what is said of it, all as text. */
export const facts: Record<string, string> = {
  account: `
    select o.name, a.state, a.plan, a.currency, to_char(a.anchor_at at time zone 'UTC', 'YYYY-MM-DD') as anchor,
      a.period_index::text as period, to_char(a.period_start at time zone 'UTC', 'YYYY-MM-DD') as begins,
      to_char(a.period_end at time zone 'UTC', 'YYYY-MM-DD') as ends, a.payment_method->>'last4' as card
    from bizq.billing_accounts a join bizq.organisations o using (organisation_id)`,
  resting: `
    select o.name || ' ' || b.name as name from bizq.resting_businesses r join bizq.organisations o using (organisation_id)
      join bizq.businesses b on b.organisation_id = r.organisation_id and b.id = r.business_id`,
  charge: `
    select o.name || ' ' || b.name || ' ' || s.slug || ' from ' || to_char(c.from_at at time zone 'UTC', 'YYYY-MM-DD') as name,
      to_char(c.to_at at time zone 'UTC', 'YYYY-MM-DD') as until, c.ended_because as because, c.price::text as price
    from bizq.service_charges c join bizq.organisations o using (organisation_id) join bizq.services s on s.id = c.service_id
      join bizq.businesses b on b.organisation_id = c.organisation_id and b.id = c.business_id`,
  use: `
    select o.name || ' ' || b.name || ' ' || s.slug || ' ' || u.unit as name, count(*)::text as times, count(u.undone_at)::text as undone,
      sum(u.unit_price)::text as price
    from bizq.usage_records u join bizq.organisations o using (organisation_id) join bizq.services s on s.id = u.service_id
      join bizq.businesses b on b.organisation_id = u.organisation_id and b.id = u.business_id
    group by o.name, b.name, s.slug, u.unit`,
  cap: `
    select o.name || ' ' || b.name || ' ' || s.slug as name,
      c.amount::text as amount, c.spent_before::text as "spent before", (c.reached_at is not null)::text as reached
    from bizq.usage_caps c join bizq.organisations o using (organisation_id) join bizq.services s on s.id = c.service_id
      join bizq.businesses b on b.organisation_id = c.organisation_id and b.id = c.business_id`,
  invoice: `
    select ${invoiceName} as name, i.state, i.plan, i.currency, i.total::text as total, i.service_credit::text as "service credit",
      i.granted_credit::text as "granted credit", i.launch_free::text as free, i.account_credit::text as "account credit", i.card::text as card,
      i.tax::text as tax, i.processing::text as processing, i.refunded::text as refunded,
      to_char(i.period_end at time zone 'UTC', 'YYYY-MM-DD') as ends
    from bizq.invoices i join bizq.organisations o using (organisation_id)`,
  line: `
    select ${lineName} as name, l.quantity::text as quantity, l.price_amount::text as price, l.price_currency as currency, l.rate,
      l.gross::text as gross, l.conversion::text as conversion, l.discount::text as discount, l.amount::text as amount,
      l.service_credit::text as "service credit", l.granted_credit::text as "granted credit", l.launch_free::text as free,
      l.account_credit::text as "account credit", l.card::text as card, l.refunded::text as refunded,
      p.name as provider, t.line::text as settled, t.real::text as "really paid", t.share::text as share, t.processing::text as processing, t.conversion::text as "conversion fee",
      t.platform::text as platform, t.promotional_account as promotional, t.refunded::text as "taken back"
    from ${ofLine} left join bizq.settled_lines t on t.line_id = l.id left join bizq.organisations p on p.organisation_id = l.provider_id`,
  earning: `
    select p.name || ' ' || s.slug || ' ' || e.month || ' ' || e.kind || ' ' || e.currency as name, count(*)::text as lines, sum(e.line)::text as line,
      sum(e.share)::text as share, sum(e.processing)::text as processing, sum(e.conversion)::text as conversion,
      sum(e.platform)::text as platform, sum(e.promotional)::text as promotional, sum(e.refunded)::text as refunded, sum(e.reversed)::text as reversed
    from bizq.earnings e join bizq.organisations p using (organisation_id) join bizq.services s on s.id = e.service_id
    group by p.name, s.slug, e.month, e.kind, e.currency`,
  'earning taken back': `
    select p.name || ' ' || r.month || ' ' || r.cause || ' ' || r.currency as name, count(*)::text as times, sum(r.amount)::text as share, sum(r.line)::text as line
    from bizq.earning_reversals r join bizq.organisations p using (organisation_id) group by p.name, r.month, r.cause, r.currency`,
  'take-back': `
    select ${lineName} || ' ' || t.cause as name, t.amount::text as amount
    from bizq.take_backs t join ${lineOf('l.organisation_id = t.organisation_id and l.id = t.line_id')}`,
  refund: `
    select ${lineName} || ' ' || r.cause as name, r.way, r.state, r.amount::text as amount, r.card::text as card, r.credit::text as credit,
      r.promotional::text as promotional, r.service_back::text as "of the plan's credit", r.granted_back::text as "of granted credit", r.tax::text as tax,
      r.share::text as share, r.conversion::text as conversion, r.platform::text as platform
    from bizq.refunds r join ${lineOf('l.organisation_id = r.organisation_id and l.id = r.line_id')}`,
  'line taken back': `
    select ${lineName} as name, sum(r.amount)::text as amount, sum(r.real)::text as real, sum(r.promotional)::text as promotional,
      sum(r.share)::text as share, sum(r.conversion)::text as conversion, sum(r.platform)::text as platform
    from bizq.line_reversals r join ${lineOf('l.id = r.line_id')} group by 1`,
  dispute: `
    select ${invoiceName} || ' ' || d.reason as name, d.amount::text as amount, d.currency, d.status, d.stage, d.fee::text as fee, d.beyond::text as beyond
    from bizq.card_disputes d join bizq.invoices i on i.organisation_id = d.operator_id and i.id = d.invoice_id
      join bizq.organisations o on o.organisation_id = d.operator_id`,
  transfers: `
    select p.name || ' ' || t.currency as name, sum(t.amount) filter (where t.state = 'made')::text as made,
      sum(t.reversed) filter (where t.state = 'made')::text as reversed
    from bizq.transfers t join bizq.organisations p using (organisation_id) group by p.name, t.currency`,
  reversals: `
    select p.name || ' ' || t.currency as name, sum(r.amount) filter (where r.state = 'made')::text as made
    from bizq.transfer_reversals r join bizq.transfers t on t.organisation_id = r.organisation_id and t.id = r.transfer_id
      join bizq.organisations p on p.organisation_id = r.organisation_id group by p.name, t.currency`,
  'payout account': `
    select p.name, a.state, a.can_be_paid::text as "can be paid", a.schedule, a.missing::text as missing
    from bizq.payout_accounts a join bizq.organisations p using (organisation_id)`,
  'in the bank': `
    select p.name || ' ' || y.currency || ' ' || y.state as name, sum(y.amount)::text as amount
    from bizq.payouts y join bizq.organisations p using (organisation_id) group by p.name, y.currency, y.state`,
  credit: `
    select o.name || ' ' || c.kind || ' ' || c.currency || ' ' || c.cause_type as name, sum(c.amount)::text as amount, count(*)::text as times
    from bizq.credit_entries c join bizq.organisations o using (organisation_id) group by o.name, c.kind, c.currency, c.cause_type`,
  coupon: `
    select o.name || ' ' || r.code as name, r.used::text as used from bizq.coupon_redemptions r join bizq.organisations o using (organisation_id)`,
  'launch customer': `
    select p.name || ' ' || o.name as name, c.number::text as number from bizq.launch_customers c
      join bizq.organisations p on p.organisation_id = c.provider_id join bizq.organisations o on o.organisation_id = c.operator_id`,
  balance: `
    select g.account || coalesce(' of ' || o.name, '') || ' ' || g.currency as name, sum(g.amount)::text as amount
    from bizq.ledger_postings g left join bizq.organisations o on o.organisation_id = g.party_id group by g.account, o.name, g.currency`,
  booked: `
    select e.kind || ' of ' || e.cause_type || ' ' || g.account || ' ' || g.currency as name, sum(g.amount)::text as amount, count(*)::text as postings
    from bizq.ledger_postings g join bizq.ledger_entries e on e.organisation_id = g.organisation_id and e.id = g.entry_id
    group by e.kind, e.cause_type, g.account, g.currency`,
}

/** What must not be there when all is done: each answers a `name` for each. */
export const leftovers: Record<string, string> = {
  'an event of Stripe’s is not followed': `select id || ' ' || type as name from bizq.stripe_events where state in ('received', 'failed')`,
  'a refund is not at its end': `select ${lineName} || ' ' || r.state as name
    from bizq.refunds r join ${lineOf('l.organisation_id = r.organisation_id and l.id = r.line_id')}
    where r.state in ('planned', 'pending')`,
  'something is to be given back': `select ${lineName} || ' ' || t.cause as name
    from bizq.take_backs t join ${lineOf('l.organisation_id = t.organisation_id and l.id = t.line_id')}
    where i.state in ('paid', 'void', 'uncollectible') and not exists (select from bizq.refunds r where r.organisation_id = t.organisation_id
      and r.line_id = t.line_id and r.cause = t.cause and r.cause_id = t.id::text)`,
  'a transfer is planned and not asked for': `select p.name || ' ' || t.amount || ' ' || t.currency as name
    from bizq.transfers t join bizq.organisations p using (organisation_id) where t.state = 'planned'`,
  'a reversal is planned and not asked for': `select p.name || ' ' || r.amount as name
    from bizq.transfer_reversals r join bizq.organisations p using (organisation_id) where r.state = 'planned'`,
}
