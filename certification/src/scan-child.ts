import { text } from 'node:stream/consumers'
import { find as findEncoded } from './checks/security.encoded.ts'
import { find as findEval } from './checks/security.eval.ts'
import { find as findHostReach } from './checks/security.host-reach.ts'
import { find as findImports } from './checks/security.imports.ts'
import { find as findPrototypes } from './checks/security.prototypes.ts'
import { scanBundle } from './scan.ts'

const mostFindings = 20

const scan = scanBundle(await text(process.stdin))
const found = {
  'security.eval': findEval(scan),
  'security.imports': findImports(scan),
  'security.encoded': findEncoded(scan),
  'security.host-reach': findHostReach(scan),
  'security.prototypes': findPrototypes(scan),
}
const bounded = Object.entries(found).map(([id, findings]) => [id, findings.slice(0, mostFindings)])
process.stdout.write(JSON.stringify(Object.fromEntries(bounded)))
