import { CommandError, exitCodes } from '../command-error.ts'
import { readCredentials } from './credentials.ts'

const usual = 'http://127.0.0.1:3000'
const localHosts = ['localhost', '127.0.0.1', '[::1]']

export function isLocal(platform: string): boolean {
  return localHosts.includes(new URL(platform).hostname)
}

/** An address as it was typed, as an origin. Throws a CommandError for one that is none, or would send a token in the clear. */
export function platformOrigin(typed: string): string {
  const wrong = (message: string) => new CommandError(message, { exitCode: exitCodes.usage, code: 'usage' })
  if (!URL.canParse(typed)) throw wrong(`${typed} is no address of a platform. Write https://… .`)
  const { protocol, origin } = new URL(typed)
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal(typed)))
    throw wrong(`${typed} would carry your sign-in in the clear. Write https://… .`)
  return origin
}

/** The platform that was named (`--platform`, `BIZQ_PLATFORM`), else the one signed in to last, else this machine's. */
export async function currentPlatform(named: string | undefined): Promise<string> {
  if (named !== undefined) return platformOrigin(named)
  return (await readCredentials()).current ?? usual
}
