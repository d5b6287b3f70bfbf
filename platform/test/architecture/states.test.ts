import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { states } from '@bizq/sdk/contract'
import { expect, test } from 'vitest'

const text = readFileSync(join(import.meta.dirname, '../../../ARCHITECTURE.md'), 'utf8')

/** The table that stands below the noun, by state. */
function printed(noun: string): Record<string, string[]> {
  const [, section = ''] = text.split(`\n**${noun}**\n`)
  const rows = (section.split(/\n(?=\*\*|#)/)[0] ?? '').split('\n').filter((line) => line.startsWith('|'))
  const cells = rows.slice(2).map((row) => row.split('|').map((cell) => cell.trim()))
  return Object.fromEntries(
    cells.map(([, from = '', to = '']) => [from, to.split(', ').filter((each) => each !== '—')]),
  )
}

test('ARCHITECTURE.md prints the very states that the server holds to', () => {
  for (const [noun, table] of Object.entries(states)) expect(printed(noun), noun).toEqual(table)
})
