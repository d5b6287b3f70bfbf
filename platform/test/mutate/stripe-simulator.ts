import type { Mutation } from './mutation.ts'

const simulator = 'platform/stripe-simulator'
const httpTests = [`${simulator}/http.test.ts`]
const moneyTests = [`${simulator}/money.test.ts`]
const connectTests = [`${simulator}/connect.test.ts`]

/** What money is tried against: a simulator that is easier than Stripe proves nothing. */
export const stripeSimulator: readonly Mutation[] = [
  {
    name: 'the simulator carries a request out again for a key that it has answered',
    file: `${simulator}/http.ts`,
    find: 'if (before) return { ...before, isReplayed: true }',
    replace: '',
    tests: httpTests,
    only: 'carried out once',
  },
  {
    name: 'the simulator answers a key with other parameters',
    file: `${simulator}/answers.ts`,
    find: "if (row['fingerprint'] !== fingerprint)",
    replace: "if (row['fingerprint'] === '')",
    tests: httpTests,
    only: 'the same key with other parameters',
  },
  {
    name: 'the simulator keeps half of a request that it refused',
    file: `${simulator}/store.ts`,
    find: '        if (isKept(error)) {',
    replace: '        if (error) {',
    tests: httpTests,
    only: 'changes nothing',
  },
  {
    name: 'the simulator passes over a parameter that it does not know',
    file: `${simulator}/http.ts`,
    find: 'if (unknown.length > 0)',
    replace: 'if (unknown.length > 99)',
    tests: httpTests,
    only: 'a parameter that is not known',
  },
  {
    name: 'the simulator lets any key in',
    file: `${simulator}/http.ts`,
    find: 'if (key !== secretKey && !restricted)',
    replace: "if (key === '' && !restricted)",
    tests: httpTests,
    only: 'only the secret key',
  },
  {
    name: 'the simulator forgets at a restart what it answered',
    file: `${simulator}/store.ts`,
    find: "        const result = work()\n        flush()\n        database.exec('commit')",
    replace: "        const result = work()\n        flush()\n        database.exec('rollback')",
    tests: [`${simulator}/restart.test.ts`],
    only: 'after a restart',
  },
  {
    name: 'the simulator transfers money that is not there',
    file: `${simulator}/balance.ts`,
    find: "if (held(world, 'available', currency) >= amount) return",
    replace: 'if (amount > 0) return',
    tests: connectTests,
    only: 'money that is not there',
  },
  {
    name: 'the simulator reverses more than was transferred',
    file: `${simulator}/transfers.ts`,
    find: 'if (amount > left)',
    replace: 'if (amount > left + 1_000)',
    tests: connectTests,
    only: 'below zero',
  },
  {
    name: 'the simulator refunds more than was paid',
    file: `${simulator}/refunds.ts`,
    find: 'if (amount > left)',
    replace: 'if (amount > charge.amount)',
    tests: moneyTests,
    only: 'refunds together',
  },
  {
    name: 'the simulator shows an account what is of another',
    file: `${simulator}/world.ts`,
    find: 'return row?.scope === scope ? row.object : undefined',
    replace: 'return row?.object',
    tests: connectTests,
    only: 'without naming it',
  },
  {
    name: 'the simulator keeps what a preview reckoned',
    file: `${simulator}/store.ts`,
    find: "        return work()\n      } finally {\n        database.exec('rollback')\n        for (const each of undo.toReversed()) each()",
    replace: "        return work()\n      } finally {\n        database.exec('rollback')",
    tests: moneyTests,
    only: 'a preview keeps nothing',
  },
  {
    name: 'the simulator gives up on a webhook that was not taken',
    file: `${simulator}/deliveries.ts`,
    find: 'if (sent.status >= 200 && sent.status < 300) {',
    replace: 'if (sent.status > 0) {',
    tests: [`${simulator}/webhooks.test.ts`],
    only: 'was not taken',
  },
]
