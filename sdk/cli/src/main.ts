#!/usr/bin/env node
import { Command } from 'commander'
import { ManifestError } from '@bizq/sdk/manifest'
import { BuildError, buildProvider } from './build.ts'

const program = new Command('bizq')
  .description('Build BizQ providers and look after a BizQ installation.')
  .showHelpAfterError()

program
  .command('build')
  .description('Bundle a provider and write dist/manifest.json and dist/bundle.js')
  .argument('[folder]', 'the provider’s folder', '.')
  .option('--json', 'print the result as one line of JSON')
  .action(async (folder: string, options: { json?: boolean }) => {
    const { manifest, bundle, digest } = await buildProvider(folder)
    const { service, version } = manifest
    const bytes = Buffer.byteLength(bundle)
    console.log(
      options.json
        ? JSON.stringify({ service, version, digest, bytes })
        : `${service} ${version}: ${bytes} bytes, ${digest}`,
    )
  })

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof BuildError || error instanceof ManifestError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
