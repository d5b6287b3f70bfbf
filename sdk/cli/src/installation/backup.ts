import { createWriteStream } from 'node:fs'
import { readFile, rename, rm, stat } from 'node:fs/promises'
import { request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { CommandError } from '../command-error.ts'

interface Control {
  port: number
  token: string
}

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
  const archive = await askFor(options)
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

async function controlOf(home: string): Promise<Control> {
  try {
    return JSON.parse(await readFile(join(home, 'control.json'), 'utf8')) as Control
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CommandError(
      code === 'EACCES'
        ? `${home} belongs to another user. Run this as who runs BizQ.`
        : `No BizQ is running on ${home}. Start it, or name its folder with --home.`,
    )
  }
}

async function askFor({ home, withKey }: { home: string; withKey: boolean }): Promise<IncomingMessage> {
  const { port, token } = await controlOf(home)
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(
      {
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: withKey ? '/backup?with-key' : '/backup',
        headers: { authorization: `Bearer ${token}` },
      },
      resolve,
    )
      .once('error', (error) =>
        reject(new CommandError(`The BizQ on ${home} does not answer: ${error.message}.`)),
      )
      .end()
  })
  if (answer.statusCode === 200) return answer
  throw new CommandError((await answer.setEncoding('utf8').toArray()).join(''))
}
