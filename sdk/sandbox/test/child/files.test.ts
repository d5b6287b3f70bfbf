import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findFences } from '../../src/fences.ts'
import { findNoFences, probeChild } from '../harness.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-files-'))
chmodSync(folder, 0o777)
writeFileSync(path.join(folder, 'secret'), 'the secret', { mode: 0o644 })
afterAll(() => rmSync(folder, { recursive: true }))

const attempts = (target: string) => `
import fs from 'node:fs'
import path from 'node:path'
const here = import.meta.dirname
const tries = {
  write: () => fs.writeFileSync('${target}/written', 'x'),
  append: () => fs.appendFileSync('${target}/secret', 'x'),
  own: () => fs.writeFileSync(path.join(here, 'written'), 'x'),
  rename: () => fs.renameSync('${target}/secret', '${target}/moved'),
  link: () => fs.symlinkSync('/', '${target}/link'),
  remove: () => fs.rmSync('${target}/secret'),
  directory: () => fs.mkdirSync('${target}/made'),
  promises: () => fs.promises.writeFile('${target}/promised', 'x'),
  stream: () => new Promise((resolve, reject) => fs.createWriteStream('${target}/streamed').on('error', reject).on('finish', resolve).end('x')),
  heap: async () => (await import('node:v8')).writeHeapSnapshot('${target}/heap'),
  report: () => process.report.writeReport('${target}/report'),
  sqlite: async () => new ((await import('node:sqlite')).DatabaseSync)('${target}/database').exec('create table t(x)'),
  read: () => fs.readFileSync('${target}/secret'),
  list: () => fs.readdirSync('${target}'),
  passwd: () => fs.readFileSync('/etc/passwd'),
  environ: () => fs.readFileSync('/proc/1/environ'),
  parent: () => fs.readFileSync('/proc/' + process.ppid + '/cmdline'),
  spawn: async () => { const { error } = (await import('node:child_process')).spawnSync('/bin/sh', ['-c', 'exit 0']); if (error) throw error },
  worker: async () => new (await import('node:worker_threads')).Worker('1', { eval: true }),
  inspector: async () => (await import('node:inspector')).open(0, '127.0.0.1'),
}
process.on('uncaughtException', () => undefined)
const done = []
for (const [name, attempt] of Object.entries(tries)) {
  try { await attempt(); done.push(name) } catch {}
}
console.log(JSON.stringify(done))
process.exit(0)`

test.each([
  ['all that this machine offers', () => findFences()],
  ['nothing but node itself', findNoFences],
])('a child with %s reads no file but its own, writes none and starts nothing', async (_, find) => {
  const printed = await probeChild(await find(), attempts(folder))
  expect(printed).toBe('[]')
  expect(readdirSync(folder)).toEqual(['secret'])
  expect(existsSync(path.join(folder, 'secret'))).toBe(true)
})
