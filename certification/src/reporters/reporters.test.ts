import { expect, test } from 'vitest'
import { toHtml, toJson, toJunit, toSarif, toTerminal, type CertificationReport } from '../index.ts'

const hostile = `</script><img src=x onerror="alert('1')">\u0007\u001b[2J & ]]>`
const report: CertificationReport = {
  suite: '1.0.0',
  profiles: ['sandboxed'],
  verdict: 'failed',
  service: 'bill-mover',
  version: '1.0.0',
  digest: 'a'.repeat(64),
  durationMs: 1_234,
  results: [
    {
      id: 'manifest.schema',
      group: 'manifest',
      severity: 'error',
      title: 'Fine',
      outcome: 'passed',
      findings: [],
    },
    {
      id: 'documentation.readme',
      group: 'documentation',
      severity: 'error',
      title: 'Told',
      outcome: 'skipped',
      findings: [],
      reason: 'no documents were submitted',
    },
    {
      id: 'security.eval',
      group: 'security',
      severity: 'error',
      title: 'No code of texts',
      outcome: 'failed',
      findings: [{ detail: hostile, expected: 'none', line: 3, column: 7, evidence: { note: hostile } }],
      why: 'Nobody read it.',
      howToMend: 'Leave it out.',
    },
    {
      id: 'limits.log',
      group: 'limits',
      severity: 'warning',
      title: 'Not cut off',
      outcome: 'failed',
      findings: [{ detail: 'wrote 70000 bytes', input: 'leap day' }],
    },
  ],
}

test('the terminal gets rule, place, what was expected, the smallest input and how to mend it, and nothing that it would obey', () => {
  const text = toTerminal(report, { color: false })
  expect(text).toContain('error security.eval')
  expect(text).toContain('bundle.js:3:7')
  expect(text).toContain('expected  none')
  expect(text).toContain('smallest  {"note"')
  expect(text).toContain('mend  Leave it out.')
  expect(text).toContain('1 passed, 1 errors, 1 warnings, 1 skipped in 1.2 s')
  expect(text).not.toContain('\u001b')
  expect(toTerminal(report, { color: true })).toContain('\u001b[31m')
})

test('NO_COLOR is obeyed', () => {
  const before = { ...process.env }
  Object.assign(process.env, { NO_COLOR: '1' })
  delete process.env['FORCE_COLOR']
  expect(toTerminal(report)).not.toContain('\u001b')
  process.env = before
})

test('JSON holds the whole report and the digest that a certificate names', () => {
  expect(JSON.parse(toJson(report))).toMatchObject({
    ...report,
    reportDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
})

test('JUnit is well-formed, counts errors as failures and warnings as output', () => {
  const xml = toJunit(report)
  expect(xml).toContain('tests="4" failures="1" errors="0" skipped="1"')
  expect(xml.match(/<failure /g)).toHaveLength(1)
  expect(xml).toContain('<system-out>wrote 70000 bytes | input leap day</system-out>')
  expect(xml).not.toContain('<img')
  // oxlint-disable-next-line eslint/no-control-regex -- what XML cannot hold
  expect(xml).not.toMatch(/[\u0000-\u0008\u001b]/)
  expect(xml.replaceAll(/<[^<>]*>/g, '')).not.toMatch(/[<>]/)
})

test('SARIF names every rule, level and place', () => {
  const sarif = JSON.parse(toSarif(report))
  expect(sarif.version).toBe('2.1.0')
  const [run] = sarif.runs
  expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual(
    report.results.map(({ id }) => id),
  )
  expect(run.results).toMatchObject([
    {
      ruleId: 'security.eval',
      ruleIndex: 2,
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'bundle.js' },
            region: { startLine: 3, startColumn: 7 },
          },
        },
      ],
    },
    { ruleId: 'limits.log', level: 'warning' },
  ])
})

test('HTML needs nothing else, allows no script, and shows a hostile text as text', () => {
  const html = toHtml(report)
  expect(html).toContain(`default-src 'none'`)
  expect(html).not.toMatch(/<(script|img|link|iframe)\b/i)
  expect(html).toContain('&lt;/script&gt;&lt;img src=x onerror=&quot;')
})
