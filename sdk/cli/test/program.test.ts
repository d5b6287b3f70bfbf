import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bizq, temporaryFolder } from './run.ts'

const provider = (execute: string) => `import { defineProvider, usd } from '@bizq/sdk'
export default defineProvider({
  service: 'bill-mover',
  version: '1.0.0',
  name: 'Bill Mover',
  category: 'financial/cash-flow',
  summary: 'Moves every bill by a week, for the sake of the example.',
  support: 'help@provider.example',
  pricing: { monthly: usd(1) },
  capabilities: ['payables_scheduling'],
  data: { bills: { fields: ['id', 'dueAt', 'status'], history: '90d', purpose: 'To know what falls due.' } },
  money: 'scaled',
  actions: ['bill.reschedule'],
  schedule: 'daily',
  ${execute}
})
`
const moves = `execute({ data, today, propose }) {
    const bill = data.bills.find((each) => each.status === 'open')
    console.log('looking at', data.bills.length, 'bills')
    if (!bill) return
    propose('bill.reschedule', { bill: bill.id, dueAt: today.add({ days: 40 }).toString() }, { confidence: 0.9, because: [bill] })
  },`

async function folderWith(code: string, more: Record<string, string> = {}): Promise<string> {
  const folder = await temporaryFolder()
  const files = {
    'package.json': '{ "type": "module", "exports": "./src/index.ts" }',
    'src/index.ts': code,
    ...more,
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

describe('every command', () => {
  test('that there is not is a matter of usage: code 2, and the nearest that there is', async () => {
    const { code, stderr, stdout } = await bizq(['certfy'])
    expect(code).toBe(2)
    expect(stderr).toContain('Did you mean certify?')
    expect(stdout).toBe('')
  })

  test('says under --json what was wrong as JSON too', async () => {
    const { code, stdout, stderr } = await bizq(['build', '/no/such/folder', '--json'])
    expect([code, stderr]).toEqual([2, ''])
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'no-provider', message: 'there is no folder /no/such/folder' },
    })
    const usage = await bizq(['--json', 'verify'])
    expect(usage.code).toBe(2)
    expect(JSON.parse(usage.stdout)).toMatchObject({ error: { code: 'usage' } })
  })

  test('that needs a sign-in says so with code 3', async () => {
    for (const args of [['whoami'], ['status'], ['logs', 'bill-mover'], ['publish']]) {
      const { code, stderr } = await bizq(args)
      expect([args[0], code]).toEqual([args[0], 3])
      expect(stderr).toContain('Run bizq login')
    }
  })

  test('refuses to carry a sign-in over plain http to another machine', async () => {
    const { code, stderr } = await bizq(['login', '--platform', 'http://bizq.example'])
    expect(code).toBe(2)
    expect(stderr).toContain('in the clear')
  })

  test('has no colours without a terminal, and none under NO_COLOR', async () => {
    const folder = await folderWith(provider(moves))
    const plain = await bizq(['dev', '--once', folder])
    const forced = await bizq(['dev', '--once', folder], { environment: { FORCE_COLOR: '1' } })
    const escape = '\u001b['
    expect(plain.stdout).not.toContain(escape)
    expect(forced.stdout).toContain(escape)
    const both = await bizq(['dev', '--once', folder], { environment: { NO_COLOR: '1' } })
    expect(both.stdout).not.toContain(escape)
  })

  test('completes in bash, zsh and fish', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout } = await bizq(['completion', shell])
      expect(code).toBe(0)
      expect(stdout).toContain('bizq complete')
    }
    expect((await bizq(['completion', 'cmd'])).code).toBe(2)
    const { stdout } = await bizq(['complete', '--', 'cer'])
    expect(stdout).toContain('certify')
  })
})

describe('bizq dev --once', () => {
  test('says what an operator would read, and what was logged', async () => {
    const { code, stdout } = await bizq(['dev', '--once', await folderWith(provider(moves))])
    expect(code).toBe(0)
    expect(stdout).toMatch(/Move .+’s bill of £[\d.,]+ from .+ to 10 Jan 2027/)
    expect(stdout).toMatch(/looking at \d+ bills/)
  })

  test('is the same for the same seed, and another business for another', async () => {
    const folder = await folderWith(provider(moves))
    const sentence = async (seed: string) => {
      const { stdout } = await bizq(['dev', '--once', '--json', '--seed', seed, folder])
      return (JSON.parse(stdout) as { cards: { sentence: string }[] }).cards[0]?.sentence
    }
    expect(await sentence('3')).toBe(await sentence('3'))
    expect(await sentence('3')).not.toBe(await sentence('4'))
  })

  test('ends with 1 and the place when the code throws, or proposes what the platform would refuse', async () => {
    const throws = await bizq([
      'dev',
      '--once',
      await folderWith(provider("execute() { throw new Error('no luck') },")),
    ])
    expect(throws.code).toBe(1)
    expect(throws.stdout).toContain('Error: no luck')
    const invented = moves.replace('bill: bill.id', "bill: 'bil_' + '0'.repeat(32)")
    const refused = await bizq(['dev', '--once', await folderWith(provider(invented))])
    expect(refused.code).toBe(1)
    expect(refused.stdout).toContain('/proposals/0/parameters/bill: no row of bills in the input has this id')
  })
})

describe('bizq certify', () => {
  const readme = `# Bill Mover\n\n${'It moves every open bill by some days when money is short. '.repeat(8)}`
  const papers = { 'README.md': readme, 'CHANGELOG.md': '# Changelog\n\n## 1.0.0\n\nThe first release.\n' }

  test('ends with 1, the rule, what was seen and how to mend it', async () => {
    const folder = await folderWith(
      provider(moves).replace("['id', 'dueAt', 'status']", "['id', 'dueAt', 'status', 'category']"),
      papers,
    )
    const { code, stdout, stderr } = await bizq(['certify', folder])
    expect(code).toBe(1)
    expect(stdout).toContain('least-data.fields')
    expect(stdout).toContain('/data/bills/fields/3')
    expect(stdout).toContain('mend  Leave the field out')
    // Without a terminal the bar is a few plain lines.
    expect(stderr).toMatch(/certifying: \d+ of \d+\n/)
    expect(stderr).not.toContain('\r')
  })

  test('writes the report for CI too, as its file is called', async () => {
    const folder = await folderWith(provider(moves), papers)
    const files = ['r.json', 'r.xml', 'r.sarif', 'r.html'].map((name) => join(folder, name))
    await bizq(['certify', folder, '--report', ...files])
    const [json = '', junit, sarif = '', html] = await Promise.all(
      files.map((file) => readFile(file, 'utf8')),
    )
    expect(JSON.parse(json)).toMatchObject({ service: 'bill-mover' })
    expect(junit).toContain('<testsuite')
    expect(JSON.parse(sarif)).toMatchObject({ version: '2.1.0' })
    expect(html).toContain('<!doctype html>')
    expect((await bizq(['certify', folder, '--report', 'r.doc'])).code).toBe(2)
  })

  test('refuses a case that is none with its file and place', async () => {
    const folder = await folderWith(provider(moves), {
      ...papers,
      'cases/tight.json': '{ "data": { "bills": 5 } }',
    })
    const { code, stderr } = await bizq(['certify', folder])
    expect(code).toBe(2)
    expect(stderr).toContain('cases/tight.json is no case: /data/bills')
  })
})

test('a folder that is none, or holds no provider, is a mistake in the command: exit code 2, whatever was to be done', async () => {
  const empty = await temporaryFolder()
  for (const command of ['build', 'certify', 'dev', 'test'])
    for (const folder of ['/no/such/folder', empty]) {
      const { code, stdout, stderr } = await bizq([command, folder])
      expect([command, folder, code, stdout]).toEqual([command, folder, 2, ''])
      expect(stderr).toMatch(/no folder|no package\.json/)
    }
})

test('bizq test runs the project’s tests with Node’s runner where there is no vitest, and ends with 1 when one fails', async () => {
  const testing = (value: number) =>
    `import { test } from 'node:test'\nimport assert from 'node:assert'\ntest('one', () => assert.equal(${value}, 1))`
  const good = await folderWith('export {}', { 'src/one.test.ts': testing(1) })
  const bad = await folderWith('export {}', { 'src/one.test.ts': testing(2) })
  const ran = await bizq(['test', '--json', good])
  expect(ran.code).toBe(0)
  expect(JSON.parse(ran.stdout)).toEqual({ ok: true, runner: 'node' })
  expect((await bizq(['test', bad])).code).toBe(1)
  expect((await bizq(['test', '/no/such/folder'])).code).toBe(2)
})

test('bizq doctor finds a project whose SDK is not installed', async () => {
  const folder = await folderWith('export {}', {
    'package.json': '{ "type": "module", "dependencies": { "@bizq/sdk": "^0.1.0" } }',
  })
  const { code, stdout } = await bizq(['doctor', '--json', folder])
  expect(code).toBe(1)
  const { findings } = JSON.parse(stdout) as { findings: { name: string; state: string; detail: string }[] }
  expect(findings.find(({ name }) => name === 'project')).toMatchObject({
    state: 'failed',
    detail: '@bizq/sdk is not installed: npm install',
  })
  expect(findings.find(({ name }) => name === 'sandbox')?.state).toBe('ok')
})
