import { backUp } from '../installation/backup.ts'
import { askControl } from '../installation/control.ts'
import { restore as restoreFile } from '../installation/restore.ts'
import type { Output } from '../output.ts'

export async function backup(
  out: Output,
  file: string,
  options: { home: string; withKey: boolean },
): Promise<void> {
  const { bytes } = await backUp(file, options)
  const aboutKey = options.withKey
    ? 'The master key is in it: keep it as safe as the installation itself.'
    : `The master key is not in it. Keep ${options.home}/master.key (or BIZQ_MASTER_KEY) elsewhere: without it the backup cannot be read.`
  const words = `Backed up ${options.home} to ${file} (${(bytes / 1e6).toFixed(1)} MB).\n${aboutKey}`
  out.result({ file, bytes, hasKey: options.withKey }, words)
}

export async function restore(out: Output, file: string, { home }: { home: string }): Promise<void> {
  const { madeAt, hasKey } = await restoreFile(file, home)
  const lines = [
    `Restored the backup of ${madeAt} into ${home}.`,
    ...(hasKey
      ? []
      : [`Its master key was not in it: put it at ${home}/master.key (mode 0600), or set BIZQ_MASTER_KEY.`]),
    `Then start it: BIZQ_HOME=${home} npx -y pnpm@12 start`,
  ]
  out.result({ home, madeAt, hasKey }, lines.join('\n'))
}

/** Invites somebody to run the marketplace: the first owner of its own organisation, or one more. */
export async function inviteOwner(out: Output, email: string, { home }: { home: string }): Promise<void> {
  const answer = await askControl(home, `/invite-owner?email=${encodeURIComponent(email)}`)
  const link = (await answer.setEncoding('utf8').toArray()).join('')
  out.result(
    { email, link },
    `${email} signs up or in, and joins within 7 days at\n${link}\nWho joins administers and certifies, and may invite others.`,
  )
}
