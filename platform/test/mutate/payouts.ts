import type { Mutation } from './mutation.ts'

const payouts = 'platform/src/features/payouts'
const transferTests = [`${payouts}/transfers.test.ts`]
const disconnectedTests = [`${payouts}/disconnected.test.ts`]
const saleTests = [`${payouts}/sales.test.ts`]
const agreeTests = [`${payouts}/agree.test.ts`]
const payoutTests = [`${payouts}/payouts.test.ts`]

/** What a provider must be paid, once, and what it must not learn. */
export const payoutMutations: readonly Mutation[] = [
  {
    name: 'a statement leaves out what came back from transfers',
    file: `${payouts}/earning-store.ts`,
    find: "coalesce(sum(amount) filter (where at >= ${from} and what = 'returned'), 0)::text as returned",
    replace: "'0' as returned",
    tests: agreeTests,
  },
  {
    name: 'a provider is paid before Stripe enabled its account',
    file: `${payouts}/standing.ts`,
    find: "const canBePaid = capabilities?.transfers === 'active' && isPaidOut",
    replace: 'const canBePaid = true',
    tests: transferTests,
    only: 'without an enabled account',
  },
  {
    name: 'what is below the threshold is transferred',
    file: `${payouts}/plan.ts`,
    find: 'if (amount < transferThreshold) continue',
    replace: 'if (amount <= 0n) continue',
    tests: transferTests,
    only: 'below 25',
  },
  {
    name: 'what Stripe does not let go yet is transferred',
    file: `${payouts}/transfer-store.ts`,
    find: 'select currency, share as amount from bizq.earnings where transfer_id is null and available_at <= ${at}',
    replace: 'select currency, share as amount from bizq.earnings where transfer_id is null',
    tests: transferTests,
    only: 'let go yet',
  },
  {
    name: 'each attempt at a transfer has a key of its own',
    file: `${payouts}/transfer.ts`,
    find: "{ idempotencyKey: keyOf('transfer', wireId(asked.id)) }",
    replace: "{ idempotencyKey: keyOf('transfer', wireId(asked.id), Date.now()) }",
    tests: transferTests,
    only: 'dies between',
  },
  {
    name: 'after a day a transfer is made again without a look',
    file: `${payouts}/transfer.ts`,
    find: 'const made = (isOld ? await findMade(deps, id) : undefined) ?? (await askTransfer(deps, asked))',
    replace: 'const made = await askTransfer(deps, asked)',
    tests: transferTests,
    only: 'forgot the key',
  },
  {
    name: 'what was refused once is never transferred',
    file: `${payouts}/transfer-store.ts`,
    find: "await tx.updateTable('earnings').set({ transfer_id: null }).where('transfer_id', '=', id).execute()",
    replace: '',
    tests: transferTests,
    only: 'refuses is transferred',
  },
  {
    name: 'a refund after the transfer stays with the provider',
    file: `${payouts}/reverse.ts`,
    find: 'await enqueue(theirs, reverseTransferJob, { organisation, reversal: planned.id })',
    replace: '',
    tests: transferTests,
    only: 'after the transfer takes',
  },
  {
    name: 'what Stripe does not take back is forgotten',
    file: `${payouts}/transfer-store.ts`,
    find: '    .set({ transfer_reversal_id: null })',
    replace: '    .set({ transfer_reversal_id: id })',
    tests: transferTests,
    only: 'carried over and recovered',
  },
  {
    name: 'a paid invoice is shared out each time that it is told',
    file: `${payouts}/settle.ts`,
    find: 'if (written.length === 0) return answer',
    replace: '',
    tests: saleTests,
    only: 'however often it is told',
  },
  {
    name: 'a refund takes the share each time that it is told',
    file: `${payouts}/reverse.ts`,
    find: 'if (known) return sameReversal(known, refund)',
    replace:
      'if (known) refund = { ...refund, refund: crypto.randomUUID(), cause: { type: "refund", id: crypto.randomUUID() } }',
    tests: saleTests,
    only: 'takes the provider',
  },
  {
    name: 'two refunds at the same moment each reckon as if they were the only one',
    file: `${payouts}/sale-store.ts`,
    find: ".selectFrom('settled_lines').selectAll().where('line_id', '=', line).forUpdate()",
    replace: ".selectFrom('settled_lines').selectAll().where('line_id', '=', line)",
    tests: saleTests,
    only: 'halves that are given back',
  },
  {
    name: 'a provider reads who paid for its lines',
    file: 'platform/migrations/0130_sales.ts',
    find: "`select bizq.protect('bizq.${table}')`,",
    replace: '`grant select, insert, update, delete on bizq.${table} to bizq_app`,',
    tests: saleTests,
    only: 'names nobody',
  },
  {
    name: 'whoever may only read opens the account of a provider',
    file: `${payouts}/account.ts`,
    find: "  requireProviderReader(actor)\n  requireRole(actor, 'manager')",
    replace: '  requireProviderReader(actor)',
    tests: payoutTests,
    only: 'the provider’s own',
  },
  {
    name: 'a way back from Stripe leads to another site',
    file: `${payouts}/schemas.ts`,
    find: String.raw`.regex(/^\/(?![/\\])[^\\]*$/,`,
    replace: '.regex(/./,',
    tests: payoutTests,
    only: 'leads nowhere else',
  },
  {
    name: 'a statement runs as a formula in a spreadsheet',
    file: `${payouts}/statement-files.ts`,
    find: "/^[=+\\-@\\t\\r]/.test(text) ? `'${text}` : text",
    replace: 'text',
    tests: payoutTests,
    only: 'a statement',
  },
  {
    name: 'the hundred and first customer is free too',
    file: 'platform/migrations/0175_numbers-while-named.ts',
    find: 'if taken < 100 then',
    replace: 'if true then',
    tests: payoutTests,
    only: 'hundred and first',
  },
  {
    name: 'a launch never ends',
    file: `${payouts}/launch.ts`,
    find: 'if (!launch || at < launch.from_at || at >= launch.until_at)',
    replace: 'if (!launch || at < launch.from_at)',
    tests: payoutTests,
    only: '90 per cent for a year',
  },
  {
    name: 'a provider whose account was disconnected is told nothing',
    file: `${payouts}/sync.ts`,
    find: 'if (isDisconnected(error)) return disconnected',
    replace: '',
    tests: disconnectedTests,
    only: 'its provider is told',
  },
]
