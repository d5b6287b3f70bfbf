import { expect, test } from 'vitest'
import { check as encoded } from './checks/security.encoded.ts'
import { check as evals } from './checks/security.eval.ts'
import { check as host } from './checks/security.host-reach.ts'
import { check as prototypes } from './checks/security.prototypes.ts'
import type { Examined } from './examined.ts'

const found = async (check: typeof evals, bundle: string) => check.run({ bundle } as Examined)

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
])('%s is found', async (bundle, check) => {
  const [finding] = await found(check, bundle)
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
])('%s is ordinary', async (bundle, check) => {
  expect(await found(check, bundle)).toEqual([])
})
