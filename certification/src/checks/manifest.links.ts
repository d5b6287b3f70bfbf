import type { Finding, ManifestCheck } from '../check.ts'
import { unreachable } from '../links.ts'

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
