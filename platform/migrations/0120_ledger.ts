import { sql, type Kysely } from 'kysely'

/** Makes it possible to book every movement of money twice, for good, with what caused it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...guards]) await sql.raw(statement).execute(db)
}

const tables = [
  // Rows of the platform's own organisation. A cause is one of our ids or Stripe's own, as it stands on the wire.
  `create table bizq.ledger_entries (
    organisation_id uuid not null references bizq.organisations, id uuid not null default uuidv7(),
    kind text not null, cause_type text not null, cause_id text not null, at timestamptz not null, memo text not null,
    posted_at timestamptz not null default now(), transaction_id xid8 not null default pg_current_xact_id(),
    primary key (organisation_id, id), unique (organisation_id, cause_type, cause_id, kind))`,
  `create index on bizq.ledger_entries (organisation_id, at desc, id desc)`,
  // Above zero is a debit, below zero a credit.
  `create table bizq.ledger_postings (
    organisation_id uuid not null, entry_id uuid not null, position smallint not null,
    account text not null check (account in ('operator_receivable', 'operator_credit', 'unsettled_sales', 'stripe_balance', 'processing',
      'platform_revenue', 'conversion_revenue', 'credit_cost', 'launch_cost', 'provider_payable', 'tax', 'disputes', 'dispute_fees', 'bad_debt', 'rounding')),
    party_id uuid, currency text not null check (currency ~ '^[A-Z]{3}$'), amount bigint not null check (amount <> 0),
    primary key (organisation_id, entry_id, position),
    foreign key (organisation_id, entry_id) references bizq.ledger_entries (organisation_id, id),
    check ((party_id is not null) = (account in ('operator_receivable', 'operator_credit', 'provider_payable'))))`,
  `create index on bizq.ledger_postings (organisation_id, account, currency, party_id) include (amount)`,
  `create index on bizq.ledger_postings (organisation_id, party_id, account) where party_id is not null`,
  // What a cause follows from: a transfer from earnings, an earning from the line of an invoice.
  `create table bizq.ledger_links (
    organisation_id uuid not null references bizq.organisations, cause_type text not null, cause_id text not null,
    from_type text not null, from_id text not null,
    primary key (organisation_id, cause_type, cause_id, from_type, from_id))`,
  `create index on bizq.ledger_links (organisation_id, from_type, from_id)`,
  ...['ledger_entries', 'ledger_postings', 'ledger_links'].flatMap((table) => [
    `select bizq.protect('bizq.${table}')`,
    `revoke update, delete on bizq.${table} from bizq_app`,
  ]),
]

const guards = [
  // Whoever asks: what is booked stays.
  `create function bizq.refuse_ledger_change() returns trigger language plpgsql as $$
    begin raise exception 'the ledger is append-only: book the opposite instead'; end $$`,
  ...['ledger_entries', 'ledger_postings', 'ledger_links'].map(
    (table) => `create trigger append_only before update or delete or truncate on bizq.${table}
      for each statement execute function bizq.refuse_ledger_change()`,
  ),
  // At the end of the transaction each entry sums to zero in each currency, and has postings at all.
  `create function bizq.require_balanced() returns trigger language plpgsql as $$
    declare
      off record;
    begin
      select currency, sum(amount) as amount into off from bizq.ledger_postings
        where organisation_id = new.organisation_id and entry_id = new.id group by currency having sum(amount) <> 0 limit 1;
      if found then
        raise exception 'the entry % of % % is off by % %', new.kind, new.cause_type, new.cause_id, off.amount, off.currency;
      end if;
      if not exists (select from bizq.ledger_postings where organisation_id = new.organisation_id and entry_id = new.id) then
        raise exception 'the entry % of % % has no postings', new.kind, new.cause_type, new.cause_id;
      end if;
      return null;
    end $$`,
  `create constraint trigger balanced after insert on bizq.ledger_entries deferrable initially deferred
    for each row execute function bizq.require_balanced()`,
  // Nothing is added to an entry after the transaction that made it.
  `create function bizq.require_own_entry() returns trigger language plpgsql as $$
    begin
      if exists (select from added a join bizq.ledger_entries e on e.organisation_id = a.organisation_id and e.id = a.entry_id
          where e.transaction_id <> pg_current_xact_id()) then
        raise exception 'an entry of the ledger is whole when it is booked: nothing is added later';
      end if;
      return null;
    end $$`,
  `create trigger own_entry after insert on bizq.ledger_postings referencing new table as added
    for each statement execute function bizq.require_own_entry()`,
]
