import * as fc from 'fast-check'
import { stringify } from 'csv-stringify/sync'
import { expect, test } from 'vitest'
import { UnreadableFileError } from '../parsed-item.ts'
import { readCsvRows, type BrokenRow, type CsvRow } from './rows.ts'

async function* pieces(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}

async function rowsOf(text: string, delimiter = ',', size = 1000): Promise<(CsvRow | BrokenRow)[]> {
  const rows = []
  for await (const batch of readCsvRows(pieces(text, size), delimiter)) rows.push(...batch)
  return rows
}

const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\n', ' ', '1') })

test('cells come back as they were written, with the line on which their row starts', async () => {
  const table = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom(',', ';', '\t', '|'), async (written, delimiter) => {
      const text = stringify(written, { delimiter, quoted: true })
      let line = 1
      const expected = written.map((cells) => {
        const start = line
        line += 1 + cells.join('').split('\n').length - 1
        return { line: start, cells }
      })
      expect(await rowsOf(text, delimiter, 5)).toEqual(expected)
    }),
  )
})

test('blank lines are left out and still count', async () => {
  expect(await rowsOf('\na,b\n\n\n1,2\n')).toEqual([
    { line: 2, cells: ['a', 'b'] },
    { line: 5, cells: ['1', '2'] },
  ])
})

test('a quotation mark that is never closed costs its own line and no other', async () => {
  const rows = await rowsOf('a,b\n1,2\n"open,3\n4,5\n6,"7\n8"\n9,10\n')
  expect(rows).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['1', '2'] },
    { line: 3, problem: 'a quotation mark opens a cell on this line and is never closed' },
    { line: 4, cells: ['4', '5'] },
    { line: 5, cells: ['6', '7\n8'] },
    { line: 7, cells: ['9', '10'] },
  ])
})

test('a stray mark before a row with marks of its own costs one line', async () => {
  const rows = await rowsOf('a,b\n"open,1\n"two",3\n4,5\n')
  expect(rows).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, problem: 'a quotation mark opens a cell on this line and is never closed' },
    { line: 3, cells: ['two', '3'] },
    { line: 4, cells: ['4', '5'] },
  ])
})

test('an inch sign inside a cell is text', async () => {
  expect(await rowsOf('pipe 5" long,2\n')).toEqual([{ line: 1, cells: ['pipe 5" long', '2'] }])
})

test('a mark that is never closed in a large file is found without reading the rest as one cell', async () => {
  const before = 'x,1\n'.repeat(50_000)
  const after = 'y,2\n'.repeat(200_000)
  const rows = await rowsOf(`${before}"open,0\n${after}`, ',', 64 * 1024)
  expect(rows).toHaveLength(250_001)
  expect(rows[50_000]).toEqual({ line: 50_001, problem: expect.stringContaining('never closed') as string })
  expect(rows.at(-1)).toEqual({ line: 250_001, cells: ['y', '2'] })
})

test('a file of nothing but stray marks is given up', async () => {
  const text = Array.from({ length: 5000 }, (_, index) => `x,"y${index}\n`).join('')
  await expect(rowsOf(text)).rejects.toThrow(UnreadableFileError)
})
