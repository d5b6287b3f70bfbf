import vm from 'node:vm'
import { expect, test } from 'vitest'
import { openSandbox, outputOf, requestOf } from '../harness.ts'

const sandbox = openSandbox()

/** Walks every object that can be reached from the global one and gives the names that were met on the way. */
const walk = `
  const seen = new Set()
  const names = new Set()
  const todo = [globalThis, (async () => {}), function* () {}, async function* () {}, new Error('x'), /x/, [][Symbol.iterator](), import.meta]
  for (let value = todo.pop(); value !== undefined; value = todo.pop()) {
    if (seen.has(value)) continue
    seen.add(value)
    const add = (next) => { if ((typeof next === 'object' && next !== null) || typeof next === 'function') todo.push(next) }
    add(Object.getPrototypeOf(value))
    for (const key of Reflect.ownKeys(value)) {
      names.add(String(key))
      const { value: held, get, set } = Object.getOwnPropertyDescriptor(value, key)
      for (const next of [held, get, set]) add(next)
      if (key === 'name' && typeof held === 'string') names.add(held)
      if (get) try { add(get.call(value)) } catch {}
    }
    const tag = value[Symbol.toStringTag]
    if (typeof tag === 'string') names.add(tag)
  }
  const forbidden = ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry', 'eval', 'Isolate',
    'Context', 'Script', 'Reference', 'ExternalCopy', 'Callback', 'Dereference', 'NativeModule', 'applySync', 'derefInto',
    'process', 'require', 'fetch', 'setTimeout', 'queueMicrotask', 'structuredClone', 'performance', 'gc', 'resize']
  const found = forbidden.filter((name) => names.has(name))`

test('nothing that can be reached is of the host, shares memory or observes the collector', async () => {
  const output = await outputOf(
    sandbox,
    requestOf(`${walk}\nreturn JSON.stringify({ found, size: seen.size })`),
  )
  expect(output).toMatchObject({ found: [] })
  expect((output as { size: number }).size).toBeGreaterThan(900)
})

test('the walk finds what is there in an ordinary context', () => {
  const found = vm.runInNewContext(`${walk.replace(', import.meta', '')}\n;found`) as string[]
  expect([...found].sort()).toEqual(
    [
      'Atomics',
      'FinalizationRegistry',
      'SharedArrayBuffer',
      'WeakRef',
      'WebAssembly',
      'eval',
      'resize',
    ].sort(),
  )
})

const ecmaScript = `Object Function Array Number Boolean String Symbol Date Promise RegExp BigInt Error AggregateError EvalError RangeError
  ReferenceError SyntaxError TypeError URIError parseFloat parseInt Infinity NaN undefined globalThis isFinite isNaN escape
  unescape decodeURI decodeURIComponent encodeURI encodeURIComponent JSON Math Intl Reflect Proxy ArrayBuffer DataView
  Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array Uint8ClampedArray
  Float16Array Float32Array Float64Array Map Set WeakMap WeakSet Iterator SuppressedError DisposableStack
  AsyncDisposableStack Temporal console`

test('the global names are those of ECMAScript, Intl, Temporal and console', async () => {
  const names = await outputOf(
    sandbox,
    requestOf('return JSON.stringify(Object.getOwnPropertyNames(globalThis).sort())'),
  )
  expect(names).toEqual(ecmaScript.split(/\s+/).sort())
})

test.each([
  ['Function', `new Function('return 1')`],
  ['Function called', `Function('return 1')()`],
  ['the constructor of a function', `(() => {}).constructor('return 1')()`],
  ['async', `(async () => {}).constructor('return 1')`],
  ['generators', `(function* () {}).constructor('yield 1')`],
  ['async generators', `(async function* () {}).constructor('yield 1')`],
  ['Reflect', `Reflect.construct(Function, ['return 1'])`],
  ['a subclass', `new (class extends Function {})('return 1')`],
])('code in a text is not run: %s', async (_, expression) => {
  expect(await sandbox.run(requestOf(`return String(${expression})`))).toMatchObject({
    outcome: 'failed',
    error: { name: 'EvalError' },
  })
})

test('functions are still functions', async () => {
  const body = `return JSON.stringify([
    (() => {}) instanceof Function, (async () => {}) instanceof Function, Function.prototype.call.call(Math.max, null, 1, 2),
    Function.name, Date.name, Date.length, ArrayBuffer.isView(new Uint8Array(1)), new Date(0) instanceof Date,
    new (class extends Date { year() { return this.getUTCFullYear() } })(0).year(), [1, 2].constructor === Array,
    new Intl.NumberFormat('en') instanceof Intl.NumberFormat, typeof new ArrayBuffer(8).slice(4) ])`
  expect(await outputOf(sandbox, requestOf(body))).toEqual(
    [true, true, 2, 'Function', 'Date', 7, true, true, 1970, true, true, 'object'], // prettier-ignore
  )
})
