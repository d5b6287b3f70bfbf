import { sql, type Kysely } from 'kysely'

/** Makes it possible to be invoiced once a month for everything, with credits, coupons and bundles taken off line by line. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...views]) await sql.raw(statement).execute(db)
}

const tables = [
  `create table bizq.invoices (
    organisation_id uuid not null, id uuid not null default uuidv7(), kind text not null check (kind in ('period', 'change')),
    state text not null check (state in ('draft', 'open', 'paid', 'uncollectible', 'void')), plan text not null, currency text not null,
    period_index integer not null, period_start timestamptz not null, period_end timestamptz not null,
    made_at timestamptz not null, number text, stripe_invoice text unique, stripe_charge text, hosted_url text,
    total bigint not null check (total >= 0), service_credit bigint not null, granted_credit bigint not null, launch_free bigint not null,
    account_credit bigint not null, card bigint not null check (card >= 0), tax bigint not null default 0 check (tax >= 0),
    processing bigint not null default 0, refunded bigint not null default 0,
    attempts integer not null default 0, next_attempt_at timestamptz, paying_attempt integer, failure text,
    opened_at timestamptz, paid_at timestamptz, primary key (organisation_id, id),
    check (total = service_credit + granted_credit + launch_free + account_credit + card))`,
  `create unique index one_period_invoice on bizq.invoices (organisation_id, kind, period_start) where kind = 'period'`,
  `create index on bizq.invoices (organisation_id, state)`,
  `create table bizq.invoice_lines (
    organisation_id uuid not null, id uuid not null default uuidv7(), invoice_id uuid not null, position integer not null,
    kind text not null check (kind in ('plan', 'plan-unused', 'monthly', 'catch-up', 'usage')), description text not null,
    charge_id uuid, subscription_id uuid, business_id uuid, service_id uuid, provider_id uuid,
    from_at timestamptz not null, to_at timestamptz not null, quantity integer not null default 1,
    price_amount bigint not null, price_currency text not null, rate text, gross bigint not null, conversion bigint not null,
    discount bigint not null default 0, discounts jsonb not null default '[]', amount bigint not null check (amount >= 0),
    service_credit bigint not null default 0, granted_credit bigint not null default 0, launch_free bigint not null default 0,
    account_credit bigint not null default 0, card bigint not null default 0, refunded bigint not null default 0,
    stripe_item text, primary key (organisation_id, id), unique (organisation_id, invoice_id, position),
    check (amount = gross - discount), check (amount = service_credit + granted_credit + launch_free + account_credit + card),
    foreign key (organisation_id, invoice_id) references bizq.invoices (organisation_id, id),
    foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id))`,
  `create index on bizq.invoice_lines (organisation_id, subscription_id) where subscription_id is not null`,
  // Money of the operator's that was not given back to a card, and what the platform granted: what is left is the sum.
  `create table bizq.credit_entries (
    organisation_id uuid not null, id uuid not null default uuidv7(), kind text not null check (kind in ('account', 'granted')),
    currency text not null, amount bigint not null check (amount <> 0), cause_type text not null, cause_id uuid not null,
    reason text, at timestamptz not null, primary key (organisation_id, id), unique (organisation_id, kind, cause_type, cause_id))`,
  // What an invoice's lines came to that nothing justified in the end, to be given back: each line at most once for each cause.
  `create table bizq.take_backs (
    organisation_id uuid not null, id uuid not null default uuidv7(), line_id uuid not null, cause text not null
      check (cause in ('no_execution', 'cancelled', 'changed', 'resting', 'downgrade')), amount bigint not null check (amount > 0),
    at timestamptz not null, primary key (organisation_id, id), unique (organisation_id, line_id, cause),
    foreign key (organisation_id, line_id) references bizq.invoice_lines (organisation_id, id))`,
  `create table bizq.coupons (
    organisation_id uuid not null, id uuid not null default uuidv7(), code text not null unique check (code ~ '^[A-Z0-9-]{3,40}$'),
    percent integer check (percent between 1 and 100), amount bigint check (amount > 0), currency text,
    applies_to text not null check (applies_to in ('plan', 'services', 'all')), months integer check (months > 0),
    redeem_by timestamptz, ended_at timestamptz, created_at timestamptz not null default now(), primary key (organisation_id, id),
    check ((percent is null) <> (amount is null)), check ((amount is null) = (currency is null)))`,
  `create table bizq.coupon_redemptions (
    organisation_id uuid not null, id uuid not null default uuidv7(), coupon_id uuid not null, code text not null, percent integer,
    amount bigint, currency text, applies_to text not null, months integer, used integer not null default 0,
    redeemed_at timestamptz not null, primary key (organisation_id, id), unique (organisation_id, coupon_id))`,
  `create table bizq.service_bundles (
    organisation_id uuid not null, id uuid not null default uuidv7(), name text not null, services jsonb not null
      check (jsonb_array_length(services) between 2 and 20), percent integer not null check (percent between 1 and 90),
    created_at timestamptz not null default now(), ended_at timestamptz, primary key (organisation_id, id))`,
  ...[
    'invoices',
    'invoice_lines',
    'credit_entries',
    'take_backs',
    'coupons',
    'coupon_redemptions',
    'service_bundles',
  ].map((table) => `select bizq.protect('bizq.${table}')`),
  `revoke delete on bizq.invoices, bizq.invoice_lines, bizq.credit_entries, bizq.take_backs, bizq.coupons,
    bizq.coupon_redemptions, bizq.service_bundles from bizq_app`,
  `revoke update on bizq.credit_entries, bizq.take_backs from bizq_app`,
  // A line says what it said: afterwards only what was given back of it and Stripe's name for it are written.
  `revoke update on bizq.invoice_lines from bizq_app`,
  `grant update (refunded, stripe_item) on bizq.invoice_lines to bizq_app`,
  ...['invoices', 'coupons', 'service_bundles'].map(
    (table) => `select bizq.open_to_directory('bizq.${table}')`,
  ),
]

const views = [
  `create view directory.coupons as
    select id, code, percent, amount, currency, applies_to, months, redeem_by from bizq.coupons where ended_at is null`,
  `create view directory.service_bundles as select id, name, services, percent from bizq.service_bundles where ended_at is null`,
  // What Stripe names, by its own id; and what is still to be brought to an end.
  `create view directory.invoices as
    select organisation_id, id, state, stripe_invoice, stripe_charge, made_at, next_attempt_at from bizq.invoices`,
  `grant select on directory.coupons, directory.service_bundles, directory.invoices to bizq_directory`,
]
