import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dayOf, isoOf, shiftFor } from './samples.ts'

const folder = join(import.meta.dirname, 'samples')
const isoDay = /\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b/g
const shortDay = /(?<=:(?:61:|6[02][FM]:[CD]))\d{6}/g

/** A text with every ISO date in it moved so that the last one falls within the last week. */
export function withIsoDaysMoved(text: string): string {
  return moved(text, isoDay, (found) => found, isoOf)
}

export const readText = (name: string): Promise<string> => readFile(join(folder, name), 'latin1')

/** An MT940 statement with the days of its rows and balances (YYMMDD) moved likewise. */
export function withStatementDaysMoved(statement: string): string {
  const full = (text: string) => `20${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4)}`
  const short = (day: number) => isoOf(day).slice(2).replaceAll('-', '')
  // The entry day (MMDD) that may follow is left out: moved apart from its year it could not be read.
  const text = statement.replace(/(:61:\d{6})\d{4}(?=R?[DC])/g, '$1')
  return moved(text, shortDay, full, short)
}

function moved(
  text: string,
  pattern: RegExp,
  read: (text: string) => string,
  write: (day: number) => string,
): string {
  const shift = shiftFor([...text.matchAll(pattern)].map(([found]) => dayOf(read(found))))
  return text.replace(pattern, (found) => write(dayOf(read(found)) + shift))
}
