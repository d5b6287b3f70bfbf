#!/usr/bin/env node
import { Command } from 'commander'
import { ManifestError } from '@bizq/sdk/manifest'
import { backUp } from './backup.ts'
import { BuildError, buildProvider } from './build.ts'
import { CommandError, homeOption } from './home.ts'
import { restore } from './restore.ts'

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

program
  .command('backup')
  .description('Copy a running installation to a file, while it goes on')
  .argument('<file>', 'the backup to write, such as bizq-backup.tar.gz')
  .addOption(homeOption('the installation’s data folder'))
  .option('--with-key', 'put the master key in too: whoever has the file can then read everything', false)
  .action(async (file: string, options: { home: string; withKey: boolean }) => {
    const { bytes } = await backUp(file, options)
    console.log(`Backed up ${options.home} to ${file} (${(bytes / 1e6).toFixed(1)} MB).`)
    if (options.withKey) console.log('The master key is in it: keep it as safe as the installation itself.')
    else
      console.log(
        `The master key is not in it. Keep ${options.home}/master.key (or BIZQ_MASTER_KEY) elsewhere: without it the backup cannot be read.`,
      )
  })

program
  .command('restore')
  .description('Unpack a backup into an empty data folder')
  .argument('<file>', 'a file that `bizq backup` wrote')
  .addOption(homeOption('the empty folder'))
  .action(async (file: string, { home }: { home: string }) => {
    const { madeAt, hasKey } = await restore(file, home)
    console.log(`Restored the backup of ${madeAt} into ${home}.`)
    if (!hasKey)
      console.log(
        `Its master key was not in it: put it at ${home}/master.key (mode 0600), or set BIZQ_MASTER_KEY.`,
      )
    console.log(`Then start it: BIZQ_HOME=${home} npx -y pnpm@12 start`)
  })

const isRefusal = (error: unknown) =>
  error instanceof BuildError || error instanceof ManifestError || error instanceof CommandError

try {
  await program.parseAsync()
} catch (error) {
  if (!isRefusal(error)) throw error
  console.error((error as Error).message)
  process.exitCode = 1
}
