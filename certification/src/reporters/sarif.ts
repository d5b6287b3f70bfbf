import type { Finding } from '../check.ts'
import type { CertificationReport, CheckResult } from '../report.ts'

/** Findings about the manifest point into it; all others are about the bundle. */
function locationOf({ group }: CheckResult, { line, column, pointer }: Finding) {
  const uri = group === 'manifest' && line === undefined ? 'manifest.json' : 'bundle.js'
  const region = line === undefined ? {} : { region: { startLine: line, startColumn: column ?? 1 } }
  return {
    physicalLocation: { artifactLocation: { uri }, ...region },
    ...(pointer === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: pointer || '/' }] }),
  }
}

function messageOf({ detail, expected, input }: Finding): string {
  return [detail, expected && `Expected ${expected}.`, input && `Seen on the input “${input}”.`]
    .filter(Boolean)
    .join(' ')
}

/** A report as SARIF 2.1.0 (OASIS), as code hosts and editors show it. */
export function toSarif(report: CertificationReport): string {
  const rules = report.results.map(({ id, title, severity, why, howToMend, group }) => ({
    id,
    shortDescription: { text: title },
    ...(why === undefined ? {} : { fullDescription: { text: why } }),
    ...(howToMend === undefined ? {} : { help: { text: howToMend } }),
    defaultConfiguration: { level: severity },
    properties: { group },
  }))
  const results = report.results.flatMap((result, ruleIndex) =>
    result.findings.map((finding) => ({
      ruleId: result.id,
      ruleIndex,
      level: result.severity,
      message: { text: messageOf(finding) },
      locations: [locationOf(result, finding)],
      ...(finding.evidence === undefined ? {} : { properties: { evidence: finding.evidence } }),
    })),
  )
  const driver = {
    name: 'bizq certify',
    semanticVersion: report.suite,
    informationUri: 'https://bizq.example/certification',
    rules,
  }
  const sarif = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  }
  return `${JSON.stringify(sarif, null, 2)}\n`
}
