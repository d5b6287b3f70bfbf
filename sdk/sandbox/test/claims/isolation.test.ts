import { expect, test } from 'vitest'
import { openSandbox, requestOf } from '../harness.ts'

const sandbox = openSandbox({ maxProcesses: 1 })

/** One release whose body depends on the input, so that all runs are in the same child. */
const bundle = `
let kept = 'nothing'
const hidden = new WeakMap()
export async function run(call, input) {
  const steps = JSON.parse(input)
  const found = [kept, typeof globalThis.left, typeof [].left, Object.keys(console).includes('left'), String(Math.max(1, 2)), JSON.stringify({})]
  if (steps === 'leave') {
    kept = 'something'
    globalThis.left = 1
    Array.prototype.left = 1
    console.left = 1
    Math.max = () => 'mine'
    JSON.stringify = () => '"mine"'
    Promise.prototype.then = () => { throw 'mine' }
    String.prototype.slice = Object.prototype.toJSON = Reflect.apply = Array.prototype[Symbol.iterator] = () => 'mine'
    Object.defineProperty(Object.prototype, 'name', { get: () => 'mine', set() {}, configurable: true })
    return '"left"'
  }
  return JSON.stringify(found)
}`
const request = (step: string) => requestOf('', { bundle, release: 'isolation', input: JSON.stringify(step) })

test('nothing that an execution leaves behind is there for the next, in the same child', async () => {
  const fresh = ['nothing', 'undefined', 'undefined', false, '2', '{}']
  for (let round = 0; round < 3; round++) {
    expect(await sandbox.run(request('look'))).toMatchObject({ output: JSON.stringify(fresh) })
    expect(await sandbox.run(request('leave'))).toMatchObject({ output: '"left"' })
  }
  expect(sandbox.stats()).toMatchObject({ started: 1, executions: 6 })
})

test('a guest that replaces every built-in reaches neither the report nor the host', async () => {
  const body = `
    const trap = () => { throw 'trapped' }
    const names = Reflect.ownKeys(globalThis)
    for (const name of names) {
      const value = globalThis[name]
      if ((typeof value !== 'function' && typeof value !== 'object') || value === null || value === globalThis) continue
      for (const owner of [value, value.prototype]) {
        if (!owner) continue
        for (const key of Reflect.ownKeys(owner)) try { if (key !== 'ownKeys') owner[key] = trap } catch {}
      }
    }
    throw new TypeError('after all that')`
  expect(await sandbox.run(requestOf(body))).toMatchObject({ outcome: 'failed' })
  expect(await sandbox.run(requestOf(`return '1'`))).toMatchObject({ outcome: 'succeeded', output: '1' })
})
