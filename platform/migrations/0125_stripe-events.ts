import { sql, type Kysely } from 'kysely'

/** Makes it possible to take Stripe's events once each, whatever order they come in, and to keep the rates of a day. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...views]) await sql.raw(statement).execute(db)
}

const tables = [
  // The text is what was signed, byte for byte. `account` is empty for the platform's own events.
  `create table bizq.stripe_events (
    organisation_id uuid not null references bizq.organisations, id text not null, type text not null,
    object text not null, object_id text, account text not null default '', api_version text, is_live boolean not null,
    happened_at timestamptz not null, source text not null check (source in ('webhook', 'reconciliation')), body text not null,
    deliveries int not null default 1, first_at timestamptz not null default now(), last_at timestamptz not null default now(),
    state text not null default 'received' check (state in ('received', 'done', 'ignored')), done_at timestamptz,
    primary key (organisation_id, id))`,
  `create index on bizq.stripe_events (organisation_id, first_at) where state = 'received'`,
  `create index on bizq.stripe_events (organisation_id, object_id)`,
  // What claimed to come from Stripe and was not believed: counted, never kept.
  `create table bizq.stripe_refusals (
    organisation_id uuid not null references bizq.organisations, day date not null,
    reason text not null check (reason in ('forged', 'stale', 'malformed')), count bigint not null, last_at timestamptz not null,
    primary key (organisation_id, day, reason))`,
  // How far reconciliation has read: the newest event of the run before the last, so that each is read twice.
  `create table bizq.stripe_cursors (
    organisation_id uuid not null references bizq.organisations, account text not null, event text, newest text, read_at timestamptz not null,
    primary key (organisation_id, account))`,
  `create table bizq.exchange_rates (
    organisation_id uuid not null references bizq.organisations, day date not null, base text not null check (base ~ '^[A-Z]{3}$'),
    quote text not null check (quote ~ '^[A-Z]{3}$'), rate numeric not null check (rate > 0), source text not null, asked_at timestamptz not null default now(),
    primary key (organisation_id, day, base, quote))`,
  ...['stripe_events', 'stripe_refusals', 'stripe_cursors', 'exchange_rates'].map(
    (table) => `select bizq.protect('bizq.${table}')`,
  ),
  // A rate that money was changed at stays what it was.
  `revoke update, delete on bizq.exchange_rates from bizq_app`,
  `revoke delete on bizq.stripe_events, bizq.stripe_refusals, bizq.stripe_cursors from bizq_app`,
  `revoke update on bizq.stripe_events from bizq_app`,
  `grant update (deliveries, last_at, state, done_at) on bizq.stripe_events to bizq_app`,
]

const views = [
  `select bizq.open_to_directory('bizq.exchange_rates')`,
  `create view directory.exchange_rates as select day, base, quote, rate::text as rate, source from bizq.exchange_rates`,
  `grant select on directory.exchange_rates to bizq_directory`,
]
