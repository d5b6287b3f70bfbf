import { expect, test } from 'vitest'
import type { Finding } from './check.ts'
import { find as encoded } from './checks/security.encoded.ts'
import { find as evals } from './checks/security.eval.ts'
import { find as host } from './checks/security.host-reach.ts'
import { find as prototypes } from './checks/security.prototypes.ts'
import { scanBundle, type Scan } from './scan.ts'
import { findInBundle } from './scanned.ts'

const found = (find: (scan: Scan) => Finding[], bundle: string) => find(scanBundle(bundle))

test.each([
  ['(0, eval)("1")', evals],
  ['new Function("return 1")()', evals],
  ['const make = Function; make("1")', evals],
  ['(() => {}).constructor("return this")()', evals],
  ['[].filter.constructor.constructor(code)()', evals],
  ['process.exit(1)', host],
  ['globalThis.process', host],
  ['globalThis["pro" + "cess"]', host],
  ['const { log } = require("fs")', host],
  ['Array.prototype.map = 1', prototypes],
  ['Object.defineProperty(Object.prototype, "x", {})', prototypes],
  ['Math.random = () => 4', prototypes],
  ['x.__proto__ = y', prototypes],
  [`const blob = "${'QUJD'.repeat(300)}"`, encoded],
  [`const blob = \`${'ab12'.repeat(300)}\``, encoded],
])('%s is found', (bundle, find) => {
  const [finding] = found(find, bundle)
  expect(finding).toMatchObject({ line: 1, column: expect.any(Number) })
})

test.each([
  ['const o = { eval: 1, Function: 2 }; o.eval; x instanceof Function', evals],
  ['class A { copy() { return new this.constructor() } }', evals],
  ['function fetch() { return 1 } fetch()', host],
  ['const { process } = settings; process()', host],
  ['typeof window === "undefined"', host],
  ['row.location + row.module', host],
  ['class Box {} Box.prototype.size = 1', prototypes],
  ['Object.assign({}, Object.prototype)', prototypes],
  ['const words = "the quick brown fox ".repeat(400)', encoded],
])('%s is ordinary', (bundle, find) => {
  expect(found(find, bundle)).toEqual([])
})

test.each([
  ['parentheses', `${'('.repeat(200_000)}1${')'.repeat(200_000)}`],
  ['arrow functions', `${'a=>'.repeat(100_000)}1`],
  ['objects', `export const o = ${'{a:'.repeat(5_000)}1${'}'.repeat(5_000)}`],
])(
  '%s that are nested so deeply that they end their reader are a finding, and end nobody else',
  async (_, bundle) => {
    const found = await findInBundle(bundle)
    expect(Object.values(found).flat().length).toBeLessThan(2)
    expect((await findInBundle('import "more"'))['security.imports']).toMatchObject([
      { detail: 'import', line: 1 },
    ])
  },
)
