import { RemoteHealth } from '@bizq/sdk/contract'
import type { ReleaseCheck } from '../check.ts'

export const check: ReleaseCheck = {
  id: 'remote.health',
  stage: 'release',
  group: 'remote',
  severity: 'error',
  title: 'It says that it is well, and which release it is',
  why: 'The platform asks before it sends anybody’s execution, and leaves an endpoint alone that is another release.',
  howToMend: 'Answer GET /health with status, service, version and contract, as the contract says.',
  async run({ remote, manifest: { service, version } }) {
    if (!remote) return [{ detail: 'no endpoint was given to try', expected: 'one that answers' }]
    const response = await remote.health()
    const said = RemoteHealth.safeParse(await response.json().catch(() => undefined))
    if (!response.ok || !said.success)
      return [{ detail: `GET /health answered ${response.status}, not as the contract has it` }]
    const findings = { service, version, contract: 1 }
    return Object.entries(findings).flatMap(([part, expected]) => {
      const actual = said.data[part as keyof typeof findings]
      return actual === expected
        ? []
        : [{ pointer: `/${part}`, detail: `says ${String(actual)}`, expected: String(expected) }]
    })
  },
}
