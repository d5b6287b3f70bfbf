import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'

/** A row of a CSV by its header. */
export type Row = Record<string, string>

const folder = join(import.meta.dirname, 'samples')
const unzip = promisify(gunzip)

/** The text of a file in samples/, which is kept gzipped. */
export async function readSample(name: string): Promise<string> {
  return (await unzip(await readFile(join(folder, `${name}.gz`)))).toString('utf8')
}

export async function readRows(name: string): Promise<Row[]> {
  return parse(await readSample(name), { columns: true })
}

export function toCsv(rows: readonly object[]): string {
  return stringify(rows as object[], { header: true })
}

const dayMs = 86_400_000
export const dayOf = (iso: string): number => Math.floor(Date.parse(`${iso.slice(0, 10)}T00:00:00Z`) / dayMs)
export const isoOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)
export const today = (): number => Math.floor(Date.now() / dayMs)

/**
 * By how many days a sample moves so that its last day falls within the last week: whole weeks, so that
 * Mondays stay Mondays.
 */
export function shiftFor(days: readonly number[]): number {
  const last = days.reduce((latest, day) => Math.max(latest, day), -Infinity)
  return Math.floor((today() - last) / 7) * 7
}

export const shifted = (iso: string, by: number): string => `${isoOf(dayOf(iso) + by)}${iso.slice(10)}`
