import { checkGroups } from '../src/check.ts'
import { allChecks } from '../src/checks/index.ts'
import { profileNames, profiles } from '../src/profiles.ts'

const cell = (text: string) => text.replaceAll('|', '\\|')

/** The README's table of all checks, as Markdown; a test holds it equal to what stands there. */
export function tableOfChecks(): string {
  const groups = checkGroups.map((group) => {
    const rows = allChecks
      .filter((check) => check.group === group)
      .map(({ id, severity, title }) => {
        const names = profileNames.filter((profile) => profiles[profile].some((check) => check.id === id))
        return `| \`${id}\` | ${cell(title)} | ${severity} | ${names.join(', ')} |`
      })
    return [
      `### ${group}`,
      '',
      '| check | guarantee | severity | profiles |',
      '| --- | --- | --- | --- |',
      ...rows,
    ].join('\n')
  })
  return groups.join('\n\n')
}
