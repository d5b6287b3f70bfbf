import { reportDigest, type CertificationReport } from '../report.ts'

/** A report as JSON, with the digest that its certificate is about. */
export function toJson(report: CertificationReport): string {
  return `${JSON.stringify({ ...report, reportDigest: reportDigest(report) }, null, 2)}\n`
}
