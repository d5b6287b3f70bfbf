import type { Mutation } from './mutation.ts'

const refunds = 'platform/src/features/refunds'
const ofRefunds = [`${refunds}/refunds.test.ts`]
const ofMoneyBack = [`${refunds}/money-back.test.ts`]
const ofDisputes = [`${refunds}/card-disputes.test.ts`]
const ofParts = [`${refunds}/parts.test.ts`]

/** What keeps money from going back twice, too much, or to somebody else than had paid it. */
export const refundMutations: readonly Mutation[] = [
  {
    name: 'more of a line is given back than is left of it',
    file: `${refunds}/parts.ts`,
    find: 'if (amount <= 0n || done + amount > whole)',
    replace: 'if (amount <= 0n || amount > whole)',
    tests: ofParts,
    only: 'parts of a refund',
  },
  {
    name: 'what the platform had paid goes to the operator',
    file: `${refunds}/parts.ts`,
    find: 'const back = least(most(target, amount - promotionalLeft, 0n), realLeft, amount)',
    replace: 'const back = least(realLeft, amount)',
    tests: ofParts,
    only: 'goes back to nobody',
  },
  {
    name: 'tax stays with the platform',
    file: `${refunds}/parts.ts`,
    find: 'tax: card > 0n ? taxBack(line, before, card) : 0n,',
    replace: 'tax: 0n,',
    tests: ofParts,
    only: 'goes back to nobody',
  },
  {
    name: 'a bank’s money is taken of a line beyond what its card had paid',
    file: `${refunds}/parts.ts`,
    find: 'const shared = least(total, covered)',
    replace: 'const shared = total',
    tests: ofParts,
    only: 'at most the rest',
  },
  {
    name: 'two who give the same line back at once both do',
    file: 'platform/src/features/billing/refundable-store.ts',
    find: 'where l.invoice_id = ${invoice} order by l.position for update of l`',
    replace: 'where l.invoice_id = ${invoice} order by l.position`',
    tests: ofRefunds,
    only: 'whoever asks at once',
  },
  {
    name: 'each attempt at a refund is a refund of its own',
    file: `${refunds}/settle.ts`,
    find: ": keyOf('refund', id) },",
    replace: ": keyOf('refund', id, deps.clock().getTime()) },",
    tests: ofRefunds,
    only: 'answer of Stripe’s that is lost',
  },
  {
    name: 'a refund is booked again when its event comes',
    file: `${refunds}/settle.ts`,
    find: "if (!row || row.settled_at !== null || row.state === 'refused') return",
    replace: "if (!row || row.state === 'refused') return",
    tests: ofRefunds,
    only: 'the event first',
  },
  {
    name: 'what a card does not take is lost',
    file: `${refunds}/settle.ts`,
    find: "await giveCredit(theirs, row, back, 'refund_failed')",
    replace: 'await Promise.resolve()',
    tests: ofRefunds,
    only: 'becomes account credit',
  },
  {
    name: 'what was not paid yet is given back',
    file: `${refunds}/settle.ts`,
    find: "if (line.invoiceState === 'draft' || line.invoiceState === 'open') return",
    replace: "if (line.invoiceState === 'draft') return",
    tests: ofRefunds,
    only: 'when it is paid, and once',
  },
  {
    name: 'money comes back after 30 days',
    file: `${refunds}/service.ts`,
    find: 'if ((await presentOf(unit)) >= until)',
    replace: 'if ((await presentOf(unit)) < until && until.getTime() < 0)',
    tests: ofMoneyBack,
    only: 'after 30 days',
  },
  {
    name: 'money comes back as often as a service is subscribed to',
    file: `${refunds}/service.ts`,
    find: 'if (await store.hadMoneyBack(unit.tx, subscription.business_id, subscription.service_id))',
    replace: 'if (false as boolean)',
    tests: ofMoneyBack,
    only: 'once for each business',
  },
  {
    name: 'a service goes on for nothing after its money came back',
    file: `${refunds}/service.ts`,
    find: '  await cancelSubscription(unit, deps, id)\n',
    replace: '',
    tests: ofMoneyBack,
    only: 'once for each business',
  },
  {
    name: 'anybody gives back in the platform’s name',
    file: `${refunds}/make.ts`,
    find: 'body: NewRefund): Promise<AdminRefund> {\n  requireAdmin(unit.actor)\n',
    replace: 'body: NewRefund): Promise<AdminRefund> {\n',
    tests: ofRefunds,
    only: 'alone gives back',
  },
  {
    name: 'what a bank returned stays taken of the providers',
    file: `${refunds}/card-disputes.ts`,
    find: "if (row.stage !== 'returned' && wasTaken && taken <= 0) await giveToLines(unit, row)",
    replace: '',
    tests: ofDisputes,
    only: 'that is won leaves everything',
  },
  {
    name: 'a bank that only asks takes of the lines',
    file: `${refunds}/card-disputes.ts`,
    find: "if (row.stage === 'asked' && wasTaken) await takeFromLines(unit, row)",
    replace: "if (row.stage === 'asked') await takeFromLines(unit, row)",
    tests: ofDisputes,
    only: 'asks and takes nothing',
  },
  {
    name: 'evidence is handed in again and again',
    file: `${refunds}/evidence.ts`,
    find: 'await disputes.noteEvidence(unit.tx, row.id, evidence, unit.clock())',
    replace: 'await Promise.resolve()',
    tests: ofDisputes,
    only: 'evidence is handed in once',
  },
]
