import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { expect, test } from 'vitest'
import { createSandbox } from '../../src/index.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

test('the example of the README prints what it says', async () => {
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? ''
  const code = stripTypeScriptTypes(example.replace(/^import .*$/m, ''))
  const printed: string[] = []
  const AsyncFunction = (async () => undefined).constructor as new (
    ...text: string[]
  ) => (...given: unknown[]) => Promise<void>
  await new AsyncFunction('createSandbox', 'console', code)(createSandbox, {
    log: (line: string) => printed.push(line),
  })
  expect(printed).toEqual([/console\.log\(result\.output\) \/\/ (.*)/.exec(example)?.[1]])
})
