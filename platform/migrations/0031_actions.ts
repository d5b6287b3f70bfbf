import { sql, type Kysely } from 'kysely'

/** Makes it possible to propose, decide, carry out and take back actions, once each whatever crashes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of [...tables, ...rights, ...directory, ...tellingTheProvider])
    await sql.raw(statement).execute(db)
}

const business = `foreign key (organisation_id, business_id) references bizq.businesses (organisation_id, id)`
const action = `foreign key (organisation_id, action_id) references bizq.actions (organisation_id, id)`

const tables = [
  `create table bizq.actions (
    organisation_id uuid not null, id uuid not null default uuidv7(), business_id uuid not null, subscription_id uuid not null,
    service_id uuid not null, service_slug text not null, service_name text not null, release_id uuid not null, release_version text not null,
    provider_id uuid not null, subscriber_id uuid not null, provider_ref uuid not null default uuidv7(), execution_id uuid not null,
    type text not null, target text not null, parameters jsonb not null,
    state text not null check (state in ('proposed', 'awaiting-second', 'approved', 'applied', 'blocked', 'rejected', 'expired', 'replaced', 'failed', 'withdrawn', 'undone')),
    stake_amount bigint, stake_currency text, stake_units numeric, impact jsonb, confidence double precision not null,
    risk text not null check (risk in ('low', 'medium', 'high')), is_claim_disputed boolean not null,
    outcome text not null, may_bulk boolean not null, reasons jsonb not null, because jsonb not null,
    granted jsonb not null, target_version text not null, note text,
    proposed_at timestamptz not null default now(), updated_at timestamptz not null default now(), expires_at timestamptz not null,
    decided_at timestamptz, decided_by text check (decided_by in ('person', 'policy')), decision text, first_approver uuid, decided_version text,
    primary key (organisation_id, id), ${business},
    foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id))`,
  `create unique index one_undecided_action on bizq.actions (organisation_id, subscription_id, type, target)
    where state in ('proposed', 'awaiting-second')`,
  `create index on bizq.actions (organisation_id, state, proposed_at desc, id desc)`,
  `create index on bizq.actions (organisation_id, subscription_id, type, target, id desc)`,
  `create index on bizq.actions (organisation_id, service_id, decided_at) where decided_by is not null`,
  `create index on bizq.actions (expires_at) where state in ('proposed', 'awaiting-second')`,
  `create table bizq.decisions (
    organisation_id uuid not null, id uuid not null default uuidv7(), action_id uuid not null,
    decision text not null check (decision in ('approve', 'edit', 'reject', 'take-back')), by_kind text not null, user_id uuid, token_id uuid,
    version text not null, reason_code text, reason_text text, parameters jsonb, at timestamptz not null default now(),
    primary key (organisation_id, id), ${action})`,
  `create index on bizq.decisions (organisation_id, action_id, id)`,
  `create table bizq.effects (
    organisation_id uuid not null, id uuid not null default uuidv7(), action_id uuid not null, business_id uuid not null,
    state text not null check (state in ('held', 'pending', 'carrying-out', 'done', 'unknown', 'failed', 'cancelled', 'undone', 'superseded')),
    held_until timestamptz, applied jsonb, before jsonb, mail_id uuid, detail text, undo_until timestamptz,
    created_at timestamptz not null default now(), carried_out_at timestamptz, ended_at timestamptz,
    primary key (organisation_id, id), ${action}, ${business})`,
  `create unique index one_effect on bizq.effects (organisation_id, action_id) where state <> 'cancelled'`,
  `create table bizq.mails (
    organisation_id uuid not null, id uuid not null default uuidv7(), business_id uuid not null, action_id uuid not null, effect_id uuid not null,
    message_id text not null unique, recipient text not null, subject text not null, body text not null,
    state text not null check (state in ('kept', 'queued', 'sending', 'sent', 'unknown', 'failed')), detail text,
    created_at timestamptz not null default now(), sent_at timestamptz,
    primary key (organisation_id, id), ${action}, ${business})`,
  `create index on bizq.mails (organisation_id, id desc)`,
  `create table bizq.carry_overs (
    organisation_id uuid not null, id uuid not null default uuidv7(), business_id uuid not null, action_id uuid not null, effect_id uuid not null,
    kind text not null check (kind in ('do', 'take-back')), sentence text not null,
    state text not null check (state in ('open', 'done', 'confirmed', 'dropped')),
    created_at timestamptz not null default now(), ended_at timestamptz, primary key (organisation_id, id), ${action}, ${business})`,
  `create index on bizq.carry_overs (organisation_id, state, id)`,
  `create table bizq.tasks (
    organisation_id uuid not null, id uuid not null default uuidv7(), business_id uuid not null, action_id uuid not null, body jsonb not null,
    state text not null check (state in ('open', 'done', 'removed')), created_at timestamptz not null default now(), ended_at timestamptz,
    primary key (organisation_id, id), ${action}, ${business})`,
  `create index on bizq.tasks (organisation_id, state, id)`,
  // Its id tells no moment: what was applied by itself at once is not to be told from what was asked.
  `create table bizq.provider_outcomes (
    organisation_id uuid not null, id uuid not null default gen_random_uuid(), subscriber_id uuid not null, service_id uuid not null,
    proposal uuid not null, type text not null, outcome text not null check (outcome in ('accepted', 'edited', 'rejected', 'undone', 'expired')),
    reason_code text, reason_text text, day date not null default current_date, primary key (organisation_id, id))`,
  `create index on bizq.provider_outcomes (organisation_id, service_id, day, id)`,
]

const rights = [
  ...['actions', 'decisions', 'effects', 'mails', 'carry_overs', 'tasks', 'provider_outcomes'].map(
    (table) => `select bizq.protect('bizq.${table}')`,
  ),
  `revoke update, delete on bizq.decisions from bizq_app`,
  `revoke delete on bizq.actions, bizq.effects, bizq.mails from bizq_app`,
  `revoke insert, update, delete on bizq.provider_outcomes from bizq_app`,
]

const directory = [
  `select bizq.open_to_directory('bizq.actions')`,
  `create view directory.over_actions as
    select organisation_id, id from bizq.actions where state in ('proposed', 'awaiting-second') and expires_at <= now()`,
  `grant select on directory.over_actions to bizq_directory`,
]

// What a provider may know of a decision is a row of its own: no operator, no business, only the day.
const tellingTheProvider = [
  `create function bizq.tell_provider_outcome(provider uuid, subscriber uuid, service uuid, ref uuid, action_type text, new_outcome text, code text, words text)
    returns void language plpgsql security definer set search_path = pg_catalog, bizq as $$
    declare own text := current_setting('bizq.organisation', true);
    begin
      perform set_config('bizq.organisation', provider::text, true);
      insert into bizq.provider_outcomes (organisation_id, subscriber_id, service_id, proposal, type, outcome, reason_code, reason_text)
        values (provider, subscriber, service, ref, action_type, new_outcome, code, words);
      perform set_config('bizq.organisation', own, true);
    end $$`,
  `revoke execute on function bizq.tell_provider_outcome(uuid, uuid, uuid, uuid, text, text, text, text) from public`,
  `grant execute on function bizq.tell_provider_outcome(uuid, uuid, uuid, uuid, text, text, text, text) to bizq_app`,
]
