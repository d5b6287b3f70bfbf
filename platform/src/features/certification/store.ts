import type { Generated, Kysely, Transaction } from 'kysely'
import type { Database } from '../../db/database.ts'
import type { Answers } from './checklist.ts'

declare module '../../db/database.ts' {
  interface Database {
    certifier_decisions: {
      organisation_id: string
      id: Generated<string>
      provider_id: string
      service_id: string
      release_id: string
      report_id: string
      report_digest: string
      kind: 'approve' | 'refuse' | 'ask'
      words: string
      checklist: Answers
      user_id: string
      slug: string
      name: string
      version: string
      publisher: string
      decided_at: Generated<Date>
    }
    certifier_checklists: {
      organisation_id: string
      release_id: string
      report_id: string
      user_id: string
      answers: Answers
      answered_at: Generated<Date>
    }
  }
}

type Tx = Transaction<Database>

const columns = [
  'd.id',
  'd.release_id',
  'd.report_id',
  'd.report_digest',
  'd.kind',
  'd.words',
  'd.user_id',
  'd.slug',
  'd.name',
  'd.version',
  'd.publisher',
  'd.decided_at',
  'm.name as certifier',
] as const

function selectDecisions(tx: Tx) {
  return tx
    .selectFrom('certifier_decisions as d')
    .leftJoin('members as m', (join) =>
      join.onRef('m.organisation_id', '=', 'd.organisation_id').onRef('m.user_id', '=', 'd.user_id'),
    )
    .select(columns)
}

export type DecisionRow = Awaited<ReturnType<typeof listOfRelease>>[number]

export function listOfRelease(tx: Tx, release: string) {
  return selectDecisions(tx).where('d.release_id', '=', release).orderBy('d.id', 'desc').execute()
}

export function listDecisions(tx: Tx, after: string | undefined, limit: number) {
  const query = selectDecisions(tx).orderBy('d.id', 'desc').limit(limit)
  return (after ? query.where('d.id', '<', after) : query).execute()
}

/** Who approved these reports (UUIDs). */
export function listApprovals(tx: Tx, reports: readonly string[]) {
  return tx
    .selectFrom('certifier_decisions')
    .select(['report_id', 'user_id'])
    .where('kind', '=', 'approve')
    .where('report_id', 'in', [...reports])
    .execute()
}

export interface NewDecision {
  organisation_id: string
  provider_id: string
  service_id: string
  release_id: string
  report_id: string
  report_digest: string
  kind: 'approve' | 'refuse' | 'ask'
  words: string
  user_id: string
  slug: string
  name: string
  version: string
  publisher: string
}

export async function insertDecision(tx: Tx, row: NewDecision, checklist: Answers): Promise<string> {
  const { id } = await tx
    .insertInto('certifier_decisions')
    .values({ ...row, checklist: JSON.stringify(checklist) as unknown as Answers })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export async function findAnswers(
  tx: Tx,
  ids: { release: string; report: string; user: string },
): Promise<Answers> {
  const row = await tx
    .selectFrom('certifier_checklists')
    .select('answers')
    .where('release_id', '=', ids.release)
    .where('report_id', '=', ids.report)
    .where('user_id', '=', ids.user)
    .executeTakeFirst()
  return row?.answers ?? {}
}

export async function saveAnswers(
  tx: Tx,
  organisation: string,
  ids: { release: string; report: string; user: string },
  answers: Answers,
): Promise<void> {
  const text = JSON.stringify(answers) as unknown as Answers
  await tx
    .insertInto('certifier_checklists')
    .values({
      organisation_id: organisation,
      release_id: ids.release,
      report_id: ids.report,
      user_id: ids.user,
      answers: text,
    })
    .onConflict((oc) =>
      oc
        .columns(['organisation_id', 'release_id', 'report_id', 'user_id'])
        .doUpdateSet({ answers: text, answered_at: new Date() }),
    )
    .execute()
}

/** Whether this person belongs to that organisation too. */
export async function belongsTo(
  directory: Kysely<Database>,
  user: string,
  organisation: string,
): Promise<boolean> {
  const row = await directory
    .selectFrom('directory.memberships')
    .select('member_id')
    .where('user_id', '=', user)
    .where('organisation_id', '=', organisation)
    .executeTakeFirst()
  return row !== undefined
}
