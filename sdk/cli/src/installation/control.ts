import { readFile } from 'node:fs/promises'
import { request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { CommandError } from '../command-error.ts'

interface Control {
  port: number
  token: string
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

/** Asks the installation that runs on a data folder. Throws a CommandError with what it says when it refuses, or does not run. */
export async function askControl(home: string, path: string): Promise<IncomingMessage> {
  const { port, token } = await controlOf(home)
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(
      {
        host: '127.0.0.1',
        port,
        method: 'POST',
        path,
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
