import { expect, test } from 'vitest'
import { expectEnding, openSandbox, outputOf, requestOf } from '../harness.ts'

const sandbox = openSandbox()
const hostWords = /\/|\\|node|isolated|prelude|sandbox|main|execute\./i

test('a stack holds positions inside the bundle and nothing of the host', async () => {
  const body = 'const inner = () => { throw new TypeError(String(call)) }\ninner()'
  const result = await expectEnding(sandbox, body, ['failed'])
  expect(result).toMatchObject({ error: { name: 'TypeError', message: 'execute' } })
  expect(result).toHaveProperty('error.stack', [
    { line: 3, column: 29 },
    { line: 4, column: 1 },
  ])
})

test.each([
  ['thrown by the guest', 'new Error()'],
  ['thrown by the engine', '(() => { try { null.x } catch (error) { return error } })()'],
  ['captured', 'Error.captureStackTrace({})'],
  [
    'of the console',
    '(() => { try { console.log(Symbol.iterator); Error.captureStackTrace(console); return console } catch (error) { return error } })()',
  ],
])('the guest itself sees no path in a stack %s', async (_, expression) => {
  const output = await outputOf(
    sandbox,
    requestOf(`return JSON.stringify(String((${expression})?.stack ?? ''))`),
  )
  expect(output).not.toMatch(hostWords)
})

test('a bundle that throws as it loads, or does not compile, shows no path of the host', async () => {
  for (const bundle of [
    'throw new Error("early")',
    'export const run = (',
    'import "fs"',
    'await 0; null.x',
    'throw 1',
  ]) {
    const result = await sandbox.run(requestOf('', { bundle, release: bundle }))
    expect(result).toMatchObject({ outcome: 'failed' })
    expect(JSON.stringify(result)).not.toMatch(/\/|isolated|file:|node:/)
  }
})

test('a stack that the guest has written itself carries nothing out', async () => {
  const forged = `'Error\\n    at x (bundle.js:1:1)\\n    at /etc/passwd:4242:7'`
  for (const body of [
    `throw Object.assign(new Error('x'), { stack: ${forged} })`,
    `throw { name: 'Error', message: 'x', stack: ${forged} }`,
    `const error = new Error('x'); Object.defineProperty(error, 'stack', { get: () => ${forged} }); throw error`,
    `Error.prepareStackTrace = () => ${forged}; throw new Error('x')`,
  ]) {
    const result = await sandbox.run(requestOf(body))
    expect(result).toMatchObject({ outcome: 'failed' })
    // Line 4242 and column 7 are forged; line 1 is none that throws.
    const { stack } = (result as { error: { stack: { line: number; column: number }[] } }).error
    expect(stack.filter(({ line, column }) => line === 1 || line === 4242 || column === 7)).toEqual([])
  }
})

test('frames of the guest’s own making are not taken for the engine’s', async () => {
  const body = `
    const site = { getFileName: () => 'bundle.js', getFunctionName: () => null, getLineNumber: () => 1, getColumnNumber: () => 2 }
    const error = new Error('x')
    try { Error.prepareStackTrace(error, [site]) } catch {}
    try { Error.prepareStackTrace(error, [Object.create(Error), site]) } catch {}
    throw error`
  const result = await sandbox.run(requestOf(body))
  expect(result).toMatchObject({ outcome: 'failed', error: { message: 'x', stack: [{ line: 4 }] } })
})

test('a rejection that nobody handles is a line of the log, and no way out', async () => {
  const forged = `Object.assign(new Error('lost'), { stack: 'Error: lost\\n    at x (bundle.js:1:1)' })`
  const answered = await sandbox.run(requestOf(`Promise.reject(${forged}); return '1'`))
  expect(answered).toMatchObject({ outcome: 'succeeded', output: '1', log: '[unhandled] Error: lost\n' })
  const unanswered = await sandbox.run(requestOf(`Promise.reject(${forged}); await new Promise(() => {})`))
  expect(unanswered).toMatchObject({ outcome: 'timed-out', log: '[unhandled] Error: lost\n' })
})

test('the engine hands its call sites to nobody', async () => {
  const body = `
    let seen = 'nothing'
    try { Error.prepareStackTrace = (_, sites) => { seen = sites } } catch {}
    try { Object.defineProperty(Error, 'prepareStackTrace', { value: (_, sites) => { seen = sites } }) } catch {}
    new Error('x').stack
    return JSON.stringify(typeof seen)`
  expect(await outputOf(sandbox, requestOf(body))).toBe('string')
})
