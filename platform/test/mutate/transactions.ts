import type { Mutation } from './mutation.ts'

const features = 'platform/src/features'
const together = ['platform/test/one-transaction.test.ts']

/** What makes a decision and its consequences one transaction, and one request one change. */
export const transactions: readonly Mutation[] = [
  {
    name: 'a job is put into the queue beside the transaction',
    file: 'platform/src/jobs/define.ts',
    find: `    db: fromKysely(unit.tx),
    ...(options.after`,
    replace: '    ...(options.after',
    tests: together,
    only: 'an approval, its effect, its job',
  },
  {
    name: 'many jobs are put into the queue beside the transaction',
    file: 'platform/src/jobs/define.ts',
    find: '{ db: fromKysely(unit.tx) },',
    replace: '{},',
    tests: together,
    only: 'an approval, its effect, its job',
  },
  {
    name: 'an approval is not put into the queue',
    file: `${features}/actions/approve.ts`,
    find: 'await enqueue(\n    unit,\n    carryOutJob,',
    replace: 'await ((..._none: unknown[]) => undefined)(\n    unit,\n    carryOutJob,',
    tests: together,
    only: 'an approval, its effect, its job',
  },
  {
    name: 'nothing is written into the log',
    file: `${features}/audit/service.ts`,
    find: 'await store.insertEntry(unit, action, subject)',
    replace: 'await Promise.all([unit, action, subject])',
    tests: together,
    only: 'an approval, its effect, its job',
  },
  {
    name: 'an approval writes no decision',
    file: `${features}/actions/approve.ts`,
    find: 'await insertDecision(tx, actor.organisation, {',
    replace: 'await ((..._none: unknown[]) => undefined)(insertDecision, {',
    tests: together,
    only: 'an approval, its effect, its job',
  },
  {
    name: 'events are not kept in the transaction that emits them',
    file: 'platform/src/listeners.ts',
    find: '  keepEvents,\n  followSource,',
    replace: '  followSource,',
    tests: together,
    only: 'an approval, its effect, its job',
  },
  {
    name: 'a rejection is not told to its provider',
    file: `${features}/actions/decide.ts`,
    find: "await tellProvider(unit.tx, { action, outcome: 'rejected', code, words })",
    replace: 'void [code, words]',
    tests: together,
    only: 'a rejection',
  },
  {
    name: 'an effect is marked as done without having been carried out',
    file: `${features}/actions/settle.ts`,
    find: 'const written = await applyPatches(unit, action.business_id, recordPatches, { effect })',
    replace: 'const written = { applied: recordPatches, before: [] as RecordBefore[] }',
    tests: together,
    only: 'what an effect writes',
  },
  {
    name: 'the records of an effect are written by a second transaction',
    file: `${features}/actions/carry-out.ts`,
    find: 'await withUnitOfWork(deps, actor, (unit) => claim(deps, unit, payload))',
    replace: `await withUnitOfWork(deps, actor, async (unit) => {
    const listeners = unit.emit
    await withUnitOfWork(deps, actor, (other) => audit(other, 'action.apply', {}))
    return claim(deps, { ...unit, emit: listeners }, payload)
  })`,
    tests: together,
    only: 'what an effect writes',
  },
  {
    name: 'an undo is not written into the log',
    file: `${features}/actions/undo.ts`,
    find: "await audit(unit, 'action.undo', {",
    replace: "await ((..._none: unknown[]) => undefined)('action.undo', {",
    tests: together,
    only: 'its undo is another',
  },
  {
    name: 'what a listener refuses is kept all the same',
    file: 'platform/src/db/unit-of-work.ts',
    find: 'for (const listener of source.listeners) await tell(listener, unit, events)',
    replace: 'for (const listener of source.listeners) await tell(listener, unit, events).catch(() => {})',
    tests: ['platform/src/db/unit-of-work.test.ts'],
    only: 'what a listener refuses',
  },
  {
    name: 'the answer to a request is not kept',
    file: 'platform/src/http/transact.ts',
    find: 'await keep(unit, once, { result: kept })',
    replace: 'void kept',
    tests: [`${features}/businesses/businesses.test.ts`],
    only: 'Idempotency-Key',
  },
  {
    name: 'a request is carried out anew under the same key',
    file: 'platform/src/http/transact.ts',
    find: 'if (known) {',
    replace: 'if (known && known.request_hash !== once.requestHash) {',
    tests: [`${features}/businesses/businesses.test.ts`],
    only: 'Idempotency-Key',
  },
  {
    name: 'another request under the same key gets the first one’s answer',
    file: 'platform/src/http/transact.ts',
    find: 'if (known.request_hash !== once.requestHash) {',
    replace: "if (known.request_hash === '') {",
    tests: [`${features}/businesses/businesses.test.ts`],
    only: 'Idempotency-Key',
  },
  {
    name: 'two requests of one key at the same moment are both carried out',
    file: 'platform/src/http/transact.ts',
    find: 'if (!lock.rows[0]?.free)',
    replace: 'if (!lock.rows[0])',
    tests: ['platform/test/http.test.ts'],
    only: 'is told to wait',
  },
  {
    name: 'a decision needs no Idempotency-Key',
    file: 'platform/src/http/transact.ts',
    find: "if (!c.req.header('idempotency-key')) {",
    replace: 'if (!c) {',
    tests: [`${features}/actions/actions.test.ts`],
    only: 'needs an Idempotency-Key',
  },
  {
    name: 'the secret of a token is kept with the answer to its request',
    file: `${features}/identity/routes.ts`,
    find: "tokens.createToken(unit, c.req.valid('json')), { kept: withoutSecret })",
    replace: "tokens.createToken(unit, c.req.valid('json')), { kept: (made) => made })",
    tests: [`${features}/identity/identity.test.ts`],
    only: 'shows its secret once',
  },
]
