import { sql, type Kysely } from 'kysely'

/** Makes it possible to charge nothing for a service while nothing of it may run, and to give back what was paid ahead for that time. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Subscriptions whose release is suspended or withdrawn: nothing is charged for them until it is offered again.
  await sql`create table bizq.suspended_subscriptions (
    organisation_id uuid not null, subscription_id uuid not null, at timestamptz not null, primary key (organisation_id, subscription_id),
    foreign key (organisation_id, subscription_id) references bizq.subscriptions (organisation_id, id))`.execute(
    db,
  )
  await sql`select bizq.protect('bizq.suspended_subscriptions')`.execute(db)
  await sql`alter table bizq.take_backs drop constraint take_backs_cause_check, add constraint take_backs_cause_check
    check (cause in ('no_execution', 'cancelled', 'changed', 'resting', 'downgrade', 'suspended'))`.execute(
    db,
  )
  await sql`alter table bizq.refunds drop constraint refunds_cause_check, add constraint refunds_cause_check
    check (cause in ('money_back', 'cancelled', 'no_execution', 'changed', 'resting', 'downgrade', 'suspended', 'downtime',
      'manual', 'overpaid', 'dispute', 'dispute_won', 'outside'))`.execute(db)
}
