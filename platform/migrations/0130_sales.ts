import { sql, type Kysely } from 'kysely'

/** Makes it possible to share out what was paid: what each line of an invoice came to, and what a provider earns of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...views]) await sql.raw(statement).execute(db)
}

const tables = [
  // Of the platform's organisation, the one place that knows both sides. Locked by what gives a part back.
  `create table bizq.settled_lines (
    organisation_id uuid not null references bizq.organisations, line_id uuid not null, invoice_id uuid not null, operator_id uuid not null,
    provider_id uuid, earning_id uuid, currency text not null, at timestamptz not null,
    line bigint not null, real bigint not null check (real between 0 and line), promotional_account text not null check (promotional_account in ('credit_cost', 'launch_cost')),
    share bigint not null, processing bigint not null, conversion bigint not null, platform bigint not null,
    refunded bigint not null default 0 check (refunded between 0 and line),
    primary key (organisation_id, line_id), unique (organisation_id, earning_id), check (line = share + processing + conversion + platform),
    check ((provider_id is null) = (earning_id is null)))`,
  `create index on bizq.settled_lines (organisation_id, invoice_id)`,
  // What each refund took back of it, so that one refund does so once.
  `create table bizq.line_reversals (
    organisation_id uuid not null, refund_id uuid not null, line_id uuid not null, at timestamptz not null,
    amount bigint not null, real bigint not null, promotional bigint not null, share bigint not null, conversion bigint not null, platform bigint not null,
    primary key (organisation_id, refund_id), check (amount = real + promotional), check (amount = share + conversion + platform),
    foreign key (organisation_id, line_id) references bizq.settled_lines (organisation_id, line_id))`,
  `create index on bizq.line_reversals (organisation_id, line_id)`,
  // Of the provider's organisation: names a service and a month, and nobody who paid.
  `create table bizq.transfers (
    organisation_id uuid not null references bizq.organisations, id uuid not null default gen_random_uuid(), currency text not null,
    amount bigint not null check (amount > 0), reversed bigint not null default 0 check (reversed between 0 and amount),
    state text not null check (state in ('planned', 'made', 'refused')), stripe_transfer text unique, refusal text,
    planned_at timestamptz not null, made_at timestamptz, ended_at timestamptz,
    primary key (organisation_id, id), check ((state = 'made') = (stripe_transfer is not null)))`,
  `create index on bizq.transfers (organisation_id, planned_at desc, id desc)`,
  `create table bizq.earnings (
    organisation_id uuid not null references bizq.organisations, id uuid not null default gen_random_uuid(), service_id uuid not null, service_name text not null,
    month text not null check (month ~ '^[0-9]{4}-[0-9]{2}$'), kind text not null check (kind in ('monthly', 'usage')), currency text not null,
    line bigint not null, conversion bigint not null, platform bigint not null, processing bigint not null, share bigint not null, share_percent integer not null,
    promotional bigint not null, refunded bigint not null default 0, reversed bigint not null default 0 check (reversed between 0 and share),
    earned_at timestamptz not null, available_at timestamptz not null, transfer_id uuid,
    primary key (organisation_id, id), check (line = share + processing + conversion + platform),
    foreign key (organisation_id, transfer_id) references bizq.transfers (organisation_id, id))`,
  `create index on bizq.earnings (organisation_id, month, service_id)`,
  `create index on bizq.earnings (organisation_id, available_at) where transfer_id is null`,
  `create index on bizq.earnings (organisation_id, transfer_id)`,
  `create table bizq.transfer_reversals (
    organisation_id uuid not null, id uuid not null default gen_random_uuid(), transfer_id uuid not null, amount bigint not null check (amount > 0),
    state text not null check (state in ('planned', 'made', 'refused')), stripe_reversal text unique, refusal text,
    planned_at timestamptz not null, made_at timestamptz, primary key (organisation_id, id),
    check ((state = 'made') = (stripe_reversal is not null)),
    foreign key (organisation_id, transfer_id) references bizq.transfers (organisation_id, id))`,
  `create index on bizq.transfer_reversals (organisation_id, transfer_id)`,
  // What is taken back of an earning: from the transfer that paid it, or from what is transferred next. Below 0 it is given again.
  `create table bizq.earning_reversals (
    organisation_id uuid not null, id uuid not null default gen_random_uuid(), earning_id uuid not null, currency text not null, month text not null,
    amount bigint not null check (amount <> 0), line bigint not null, cause text not null check (cause in ('refund', 'dispute', 'dispute-won')), at timestamptz not null,
    transfer_reversal_id uuid, transfer_id uuid, primary key (organisation_id, id), check (transfer_reversal_id is null or transfer_id is null),
    foreign key (organisation_id, earning_id) references bizq.earnings (organisation_id, id),
    foreign key (organisation_id, transfer_reversal_id) references bizq.transfer_reversals (organisation_id, id),
    foreign key (organisation_id, transfer_id) references bizq.transfers (organisation_id, id))`,
  `create index on bizq.earning_reversals (organisation_id, earning_id)`,
  `create index on bizq.earning_reversals (organisation_id, month)`,
  `create index on bizq.earning_reversals (organisation_id, currency) where transfer_reversal_id is null and transfer_id is null`,
  ...[
    'settled_lines',
    'line_reversals',
    'transfers',
    'earnings',
    'transfer_reversals',
    'earning_reversals',
  ].flatMap((table) => [
    `select bizq.protect('bizq.${table}')`,
    `revoke update, delete on bizq.${table} from bizq_app`,
  ]),
  `grant update (refunded) on bizq.settled_lines to bizq_app`,
  `grant update (state, stripe_transfer, refusal, made_at, ended_at, reversed) on bizq.transfers to bizq_app`,
  `grant update (refunded, reversed, transfer_id) on bizq.earnings to bizq_app`,
  `grant update (state, stripe_reversal, refusal, made_at) on bizq.transfer_reversals to bizq_app`,
  `grant update (transfer_reversal_id, transfer_id) on bizq.earning_reversals to bizq_app`,
  ...[
    'ledger_postings',
    'settled_lines',
    'line_reversals',
    'transfers',
    'earnings',
    'transfer_reversals',
    'earning_reversals',
  ].map((table) => `select bizq.open_to_directory('bizq.${table}')`),
]

const views = [
  // Of each provider and currency: what the ledger owes it, and what its own rows say. One statement sees both at one moment.
  `create view directory.provider_money as
    select provider_id, currency, coalesce(sum(payable), 0) as payable, coalesce(sum(earned), 0) as earned, coalesce(sum(taken_back), 0) as taken_back,
      coalesce(sum(transferred), 0) as transferred, coalesce(sum(returned), 0) as returned
    from (
      select party_id as provider_id, currency, -amount::numeric as payable, 0 as earned, 0 as taken_back, 0 as transferred, 0 as returned
        from bizq.ledger_postings where account = 'provider_payable'
      union all select organisation_id, currency, 0, share, 0, 0, 0 from bizq.earnings
      union all select organisation_id, currency, 0, 0, amount, 0, 0 from bizq.earning_reversals
      union all select organisation_id, currency, 0, 0, 0, amount, 0 from bizq.transfers where state = 'made'
      union all select r.organisation_id, t.currency, 0, 0, 0, 0, r.amount from bizq.transfer_reversals r
        join bizq.transfers t on t.organisation_id = r.organisation_id and t.id = r.transfer_id where r.state = 'made') parts
    group by provider_id, currency`,
  // Each line that was shared out beside the earning that it made, and what was taken back on both sides.
  `create view directory.settled_earnings as
    select s.line_id, s.provider_id, s.share, e.share as earned, s.refunded, e.refunded as earning_refunded, e.reversed,
      coalesce((select sum(r.share) from bizq.line_reversals r where r.line_id = s.line_id), 0) as taken_back,
      coalesce((select sum(r.amount) from bizq.line_reversals r where r.line_id = s.line_id), 0) as given_back,
      coalesce((select sum(r.amount) from bizq.earning_reversals r where r.organisation_id = s.provider_id and r.earning_id = s.earning_id), 0) as earning_taken_back
    from bizq.settled_lines s left join bizq.earnings e on e.organisation_id = s.provider_id and e.id = s.earning_id`,
  // Each transfer beside what it is made of.
  `create view directory.transfers as
    select t.organisation_id, t.id, t.currency, t.amount, t.reversed, t.state, t.stripe_transfer, t.planned_at,
      coalesce((select sum(e.share) from bizq.earnings e where e.organisation_id = t.organisation_id and e.transfer_id = t.id), 0)
        - coalesce((select sum(r.amount) from bizq.earning_reversals r where r.organisation_id = t.organisation_id and r.transfer_id = t.id), 0) as parts,
      coalesce((select sum(r.amount) from bizq.transfer_reversals r where r.organisation_id = t.organisation_id and r.transfer_id = t.id and r.state <> 'refused'), 0) as taken_back,
      coalesce((select sum(r.amount) from bizq.transfer_reversals r where r.organisation_id = t.organisation_id and r.transfer_id = t.id and r.state = 'made'), 0) as returned
    from bizq.transfers t`,
  `create view directory.transfer_reversals as
    select organisation_id, id, transfer_id, amount, state, stripe_reversal, planned_at from bizq.transfer_reversals`,
  `grant select on directory.provider_money, directory.settled_earnings, directory.transfers, directory.transfer_reversals to bizq_directory`,
]
