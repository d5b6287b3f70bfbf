import type { Finding, ManifestCheck } from '../check.ts'

const reserved = /(^|\.)(localhost|test|invalid|local|internal|lan|home\.arpa)\.?$/i

/** Why nobody but its author could open a link. */
export function unreachable(link: string): string | undefined {
  const address = /^[^@\s/]+@([^@\s]+)$/.exec(link)
  const host = address?.[1] ?? URL.parse(link)?.hostname
  if (host === undefined || host === '') return 'is no address'
  if (/^[\d.]+$|^\[/.test(host)) return `names the machine ${host} by number`
  if (reserved.test(host) || !host.includes('.')) return `${host} is not on the internet`
  return undefined
}

export const check: ManifestCheck = {
  id: 'manifest.links',
  stage: 'manifest',
  group: 'manifest',
  severity: 'error',
  title: 'Links lead where an operator can go',
  why: 'Documentation and support stand on the listing; a link to the author’s own machine helps nobody.',
  howToMend: 'Give public https addresses, and an e-mail address or https page for support.',
  run({ manifest }) {
    const links = { docs: manifest?.docs, support: manifest?.support }
    return Object.entries(links).flatMap(([part, link]): Finding[] => {
      const why = link === undefined ? undefined : unreachable(link)
      return why === undefined
        ? []
        : [{ pointer: `/${part}`, detail: `${link} ${why}`, expected: 'a public address' }]
    })
  },
}
