import { sql, type Kysely } from 'kysely'

/** Makes it possible to give money back line by line, and to answer what a bank takes back by itself. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...views]) await sql.raw(statement).execute(db)
}

const tables = [
  // `amount` is of the line; card + credit + promotional is that amount, and tax comes besides. Below 0 it takes a refund back.
  // share, conversion and platform say who bore it, once it is settled.
  `create table bizq.refunds (
    organisation_id uuid not null, id uuid not null default uuidv7(), invoice_id uuid not null, line_id uuid not null,
    subscription_id uuid, business_id uuid, service_id uuid, provider_id uuid,
    cause text not null check (cause in ('money_back', 'cancelled', 'no_execution', 'changed', 'resting', 'downgrade', 'downtime',
      'manual', 'overpaid', 'dispute', 'dispute_won', 'outside')), cause_id text not null,
    way text not null check (way in ('card', 'account_credit', 'bank')), currency text not null, amount bigint not null check (amount <> 0 or state = 'refused'),
    card bigint not null, credit bigint not null, promotional bigint not null, tax bigint not null default 0,
    share bigint, conversion bigint, platform bigint, reason text,
    state text not null check (state in ('planned', 'pending', 'succeeded', 'failed', 'refused')), failure text,
    stripe_refund text, made_at timestamptz not null, settled_at timestamptz, ended_at timestamptz,
    primary key (organisation_id, id), unique (organisation_id, line_id, cause, cause_id), check (amount = card + credit + promotional),
    check (amount = share + conversion + platform), check ((settled_at is null) = (share is null)),
    foreign key (organisation_id, line_id) references bizq.invoice_lines (organisation_id, id),
    foreign key (organisation_id, invoice_id) references bizq.invoices (organisation_id, id),
    foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id),
    foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id))`,
  `create index on bizq.refunds (organisation_id, line_id)`,
  `create index on bizq.refunds (organisation_id, made_at desc, id desc)`,
  `create index on bizq.refunds (state, made_at) where state in ('planned', 'pending')`,
  `create unique index on bizq.refunds (stripe_refund, line_id) where stripe_refund is not null`,
  // Money back comes once for each business and service, whatever is subscribed to again.
  `create unique index one_money_back on bizq.refunds (organisation_id, business_id, service_id, line_id) where cause = 'money_back'`,
  // Of the platform's organisation: what a cardholder's bank took, or asks about.
  `create table bizq.card_disputes (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(), stripe_dispute text not null unique,
    operator_id uuid not null, invoice_id uuid not null, stripe_charge text not null, currency text not null, amount bigint not null,
    reason text not null, status text not null, stage text not null default 'asked' check (stage in ('asked', 'withdrawn', 'returned')),
    fee bigint not null default 0, beyond bigint not null default 0, due_at timestamptz, evidence jsonb, evidence_at timestamptz,
    opened_at timestamptz not null, closed_at timestamptz, primary key (organisation_id, id))`,
  `create index on bizq.card_disputes (organisation_id, opened_at desc, id desc)`,
  ...['refunds', 'card_disputes'].map((table) => `select bizq.protect('bizq.${table}')`),
  `revoke delete on bizq.refunds, bizq.card_disputes from bizq_app`,
  `revoke update on bizq.refunds from bizq_app`,
  `grant update (state, failure, way, card, credit, tax, share, conversion, platform, stripe_refund, settled_at, ended_at) on bizq.refunds to bizq_app`,
]

const views = [
  ...['refunds', 'card_disputes', 'invoice_lines', 'take_backs'].map(
    (table) => `select bizq.open_to_directory('bizq.${table}')`,
  ),
  // Whose line it is, for the platform, which gives back.
  `create view directory.invoice_lines as select id, organisation_id, invoice_id from bizq.invoice_lines`,
  `create view directory.refunds as
    select r.id, r.organisation_id, o.name as operator_name, r.invoice_id, r.line_id, r.service_id, r.provider_id, r.cause, r.cause_id, r.way, r.currency,
      r.amount, r.card, r.credit, r.promotional, r.tax, r.share, r.conversion, r.platform, r.reason, r.state, r.failure, r.stripe_refund,
      r.made_at, r.settled_at, r.ended_at
    from bizq.refunds r join bizq.organisations o using (organisation_id)`,
  // What an invoice's lines came to that nothing justified, and that no refund answers yet.
  `create view directory.open_take_backs as
    select t.organisation_id, t.id, t.line_id, t.cause, t.amount, t.at from bizq.take_backs t where not exists (select from bizq.refunds r
      where r.organisation_id = t.organisation_id and r.line_id = t.line_id and r.cause = t.cause and r.cause_id = t.id::text)`,
  `create view directory.card_disputes as select id, stripe_dispute, status, stage, evidence_at from bizq.card_disputes`,
  `grant select on directory.invoice_lines, directory.refunds, directory.open_take_backs, directory.card_disputes to bizq_directory`,
]
