import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { CommandError } from '../command-error.ts'
import { askControl } from './control.ts'

/**
 * Writes a copy of a running installation to `file`, a gzipped tar, whole or not at all; the installation
 * goes on meanwhile. Without `withKey` the master key is left out, and the copy cannot be read without it.
 * Throws a CommandError when nothing runs on `home`, or `file` is there.
 */
export async function backUp(
  file: string,
  options: { home: string; withKey: boolean },
): Promise<{ bytes: number }> {
  if (await stat(file).catch(() => undefined))
    throw new CommandError(`${file} is there already. Name another file.`)
  const archive = await askControl(options.home, options.withKey ? '/backup?with-key' : '/backup')
  const unfinished = `${file}.part`
  try {
    await pipeline(archive, createGzip({ level: 4 }), createWriteStream(unfinished, { mode: 0o600 }))
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw new CommandError(
      `The backup broke off and was not kept: ${(error as Error).message}. Look at what the installation printed.`,
    )
  }
  return { bytes: (await stat(file)).size }
}
