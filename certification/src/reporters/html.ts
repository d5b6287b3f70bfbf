import type { Finding } from '../check.ts'
import { countResults, reportDigest, type CertificationReport, type CheckResult } from '../report.ts'
import { escaped } from './escape.ts'

const style = `:root{color-scheme:light dark;--line:light-dark(#d8d8d4,#3a3a38);--bad:light-dark(#a3201b,#ff8a80);--warn:light-dark(#7a5200,#ffcf70);--good:light-dark(#1c6b34,#7fd69a)}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top}
.failed{color:var(--bad)}.warning{color:var(--warn)}.passed{color:var(--good)}
article{border-left:4px solid var(--bad);padding:.2rem 1rem;margin:1rem 0}article.warning{border-color:var(--warn);color:inherit}
pre{overflow:auto;border:1px solid var(--line);padding:.5rem;max-height:20rem}`

function findingOf({ detail, expected, pointer, input, evidence, line, column }: Finding): string {
  const place = line === undefined ? pointer : `bundle.js:${line}:${column ?? 1}`
  const rows = [
    ['seen', detail],
    ['expected', expected],
    ['at', place],
    ['input', input],
  ].flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`<dt>${name}</dt><dd>${escaped(value)}</dd>`],
  )
  const shown =
    evidence === undefined
      ? ''
      : `<details><summary>Smallest input</summary><pre>${escaped(JSON.stringify(evidence, null, 2))}</pre></details>`
  return `<dl>${rows.join('')}</dl>${shown}`
}

function failureOf({ id, title, severity, findings, why, howToMend }: CheckResult): string {
  return `<article class="${severity}"><h3>${escaped(id)}: ${escaped(title)}</h3>
${findings.map(findingOf).join('\n')}
<p>${escaped(why ?? '')}</p><p><strong>Mend:</strong> ${escaped(howToMend ?? '')}</p></article>`
}

/** A report as one HTML page that needs nothing else: no script, no outside file, every text escaped. */
export function toHtml(report: CertificationReport): string {
  const counts = countResults(report)
  const failed = report.results.filter(({ outcome }) => outcome === 'failed')
  const name = `${report.service ?? 'Release'} ${report.version ?? ''}`.trim()
  const rows = report.results.map(
    ({ id, title, outcome, severity, reason }) =>
      `<tr><td class="${outcome === 'failed' && severity === 'warning' ? 'warning' : outcome}">${outcome}</td><td>${escaped(id)}</td><td>${escaped(reason ? `${title} (${reason})` : title)}</td></tr>`,
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(name)}: ${report.verdict}</title>
<style>${style}</style>
<h1>${escaped(name)}: <span class="${report.verdict}">${report.verdict}</span></h1>
<p>${counts.passed} passed, ${counts.errors} errors, ${counts.warnings} warnings, ${counts.skipped} skipped</p>
<dl><dt>Profiles</dt><dd>${escaped(report.profiles.join(', '))}</dd><dt>Suite</dt><dd>${escaped(report.suite)}</dd><dt>Release</dt><dd>${escaped(report.digest ?? 'none')}</dd><dt>Report</dt><dd>${reportDigest(report)}</dd></dl>
${failed.length > 0 ? `<h2>To mend</h2>\n${failed.map(failureOf).join('\n')}` : ''}
<h2>Checks</h2>
<table><thead><tr><th>Outcome</th><th>Check</th><th>Guarantee</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table>
</html>
`
}
