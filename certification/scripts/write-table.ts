import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tableOfChecks } from './table-of-checks.ts'

/** Puts the table of all checks into the README: `node certification/scripts/write-table.ts`. */
const file = join(import.meta.dirname, '../README.md')
const [before = ''] = readFileSync(file, 'utf8').split('## All checks\n')
writeFileSync(file, `${before}## All checks\n\n${tableOfChecks()}\n`)
