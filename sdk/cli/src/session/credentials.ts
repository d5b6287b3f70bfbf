import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from '@bizq/sdk'
import { CommandError } from '../command-error.ts'

const Credentials = z.object({
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  /** The private key that both are bound to, a JWK. */
  key: z.record(z.string(), z.unknown()),
  /** Epoch milliseconds. */
  expiresAt: z.number(),
})
export type Credentials = z.infer<typeof Credentials>

const Kept = z.object({
  /** The platform that was signed in to last. */
  current: z.string().optional(),
  platforms: z.record(z.string(), Credentials),
})
type Kept = z.infer<typeof Kept>

/** Where sign-ins are kept, readable by you alone. */
export function credentialsFile(): string {
  const folder =
    process.env['BIZQ_CONFIG'] ?? join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'bizq')
  return join(folder, 'credentials.json')
}

export async function readCredentials(): Promise<Kept> {
  const file = credentialsFile()
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{"platforms":{}}'
    throw new CommandError(`${file} cannot be read: ${error.message}`)
  })
  try {
    return Kept.parse(JSON.parse(text))
  } catch {
    throw new CommandError(`${file} is not what bizq wrote. Remove it and sign in again: bizq login`)
  }
}

async function write(kept: Kept): Promise<void> {
  const file = credentialsFile()
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  // Whole or not at all: two commands at the same moment must not leave half a file.
  const beside = `${file}.${process.pid}`
  try {
    await writeFile(beside, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 })
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

/** Keeps a sign-in and makes its platform the current one. */
export async function keepCredentials(platform: string, credentials: Credentials): Promise<void> {
  const { platforms } = await readCredentials()
  await write({ current: platform, platforms: { ...platforms, [platform]: credentials } })
}

export async function forgetCredentials(platform: string): Promise<void> {
  const { current, platforms } = await readCredentials()
  const { [platform]: _gone, ...rest } = platforms
  const next = current === platform ? Object.keys(rest)[0] : current
  await write({ ...(next === undefined ? {} : { current: next }), platforms: rest })
}
