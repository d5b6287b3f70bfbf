import { openBrowser } from '../open-browser.ts'
import type { Output } from '../output.ts'
import { forgetCredentials, keepCredentials, readCredentials } from '../session/credentials.ts'
import { revoke, signIn, type DeviceCode } from '../session/oauth.ts'
import { currentPlatform } from '../session/platform.ts'

/** Signs in with a device code and keeps what the platform gives. */
export async function login(out: Output, options: { platform?: string; open: boolean }): Promise<void> {
  const platform = await currentPlatform(options.platform)
  const show = (code: DeviceCode) => {
    const address = code.completeAddress ?? code.address
    // Under --json too: without the code nobody can go on.
    if (out.isJson) out.item({ event: 'code', ...code }, '')
    else {
      out.warn(`Open ${address}\nand confirm the code ${out.paint('bold', code.userCode)}`)
      out.note(`It is good for ${Math.round(code.expiresInSeconds / 60)} minutes. Waiting …`)
    }
    if (options.open) openBrowser(address)
  }
  await keepCredentials(platform, await signIn(platform, show))
  out.result({ event: 'signed-in', platform }, `Signed in to ${platform}.`)
}

/** Forgets a sign-in; the platform too, where it can be reached. */
export async function logout(out: Output, options: { platform?: string }): Promise<void> {
  const platform = await currentPlatform(options.platform)
  const kept = (await readCredentials()).platforms[platform]
  if (!kept) return out.result({ platform, wasSignedIn: false }, `You were not signed in to ${platform}.`)
  await forgetCredentials(platform)
  await revoke(platform, kept).catch(() => {
    out.warn('The platform was not told; the sign-in ends there by itself.')
  })
  out.result({ platform, wasSignedIn: true }, `Signed out of ${platform}.`)
}
