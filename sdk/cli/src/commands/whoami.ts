import type { Output } from '../output.ts'
import { answerOf, openSession } from '../session/api.ts'

export async function whoami(out: Output, options: { platform?: string }): Promise<void> {
  const { platform, api } = await openSession(options.platform)
  const me = await answerOf(api.GET('/me'))
  const { user, organisation, role, scopes } = me
  const lines = [
    user ? `${user.name} <${user.email}>` : 'a token of an organisation',
    organisation ? `${organisation.name} (${organisation.kind}, ${role})` : 'in no organisation yet',
    `may: ${scopes.join(', ')}`,
    `on ${platform}`,
  ]
  out.result({ platform, ...me }, lines.join('\n'))
}
