import { createSandbox } from '@bizq/sandbox'
import { certify } from '@bizq/certification'
import type { BuiltProvider } from '@bizq/cli/build'
import { median, round, spread, tell, timed, type Figure } from './figure.ts'

export interface CertificationSizes {
  largestRows: number
  rounds: number
}

/** The whole suite on an example service, as a provider and the platform run it. */
export async function measureCertification(
  { manifest, bundle }: BuiltProvider,
  sizes: CertificationSizes,
): Promise<Figure[]> {
  const sandbox = createSandbox()
  const seconds: number[] = []
  let checks = 0
  try {
    tell(`certification: ${sizes.rounds} rounds with up to ${sizes.largestRows} rows`)
    for (let i = 0; i < sizes.rounds; i++) {
      const ms = await timed(async () => {
        const { results } = await certify({ manifest, bundle, sandbox, largestRows: sizes.largestRows })
        const failed = results.filter(({ outcome, severity }) => outcome === 'failed' && severity === 'error')
        if (failed.length > 0) throw new Error(`not certified: ${failed.map(({ id }) => id).join(', ')}`)
        checks = results.filter(({ outcome }) => outcome !== 'skipped').length
      })
      seconds.push(ms / 1_000)
    }
  } finally {
    await sandbox.close()
  }
  const value = round(median(seconds))
  return [
    {
      figure: 'certification of an example service',
      value,
      unit: 's',
      aim: 180,
      met: value <= 180,
      size: { checks, largestRows: sizes.largestRows, bundleBytes: Buffer.byteLength(bundle) },
      rounds: sizes.rounds,
      noise: spread(seconds),
    },
  ]
}
