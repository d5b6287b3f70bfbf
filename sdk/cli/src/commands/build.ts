import { buildProvider } from '../build.ts'
import type { Output } from '../output.ts'

export async function build(out: Output, folder: string): Promise<void> {
  const { manifest, bundle, digest } = await buildProvider(folder)
  const { service, version } = manifest
  const bytes = Buffer.byteLength(bundle)
  const size = manifest.runtime.kind === 'remote' ? 'runs remotely' : `${bytes} bytes`
  out.result({ service, version, digest, bytes }, `${service} ${version}: ${size}, ${digest}`)
}
