import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'

const root = mkdtempSync(path.join(tmpdir(), 'sandbox-closed-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const packageFolder = path.join(import.meta.dirname, '../..')

/** A checkout of its own in a folder that only its owner may enter, node binary and native module included. */
function checkout(mode: number): { node: string; script: string } {
  const folder = mkdtempSync(path.join(root, 'checkout-'))
  cpSync(path.join(packageFolder, 'src'), path.join(folder, 'src'), { recursive: true })
  copyFileSync(path.join(packageFolder, 'package.json'), path.join(folder, 'package.json'))
  const engine = realpathSync(path.join(packageFolder, 'node_modules/isolated-vm'))
  mkdirSync(path.join(folder, 'node_modules'))
  cpSync(engine, path.join(folder, 'node_modules/isolated-vm'), { recursive: true, dereference: true })
  const loader = realpathSync(path.join(engine, '../node-gyp-build'))
  symlinkSync(loader, path.join(folder, 'node_modules/node-gyp-build'))
  const node = path.join(folder, 'node')
  if (mode === 0o755) linkOrCopy(process.execPath, node)
  else copyFileSync(process.execPath, node)
  chmodSync(node, mode)
  const script = path.join(folder, 'run.ts')
  writeFileSync(
    script,
    `import { createSandbox } from './src/index.ts'
    const sandbox = createSandbox()
    const request = { release: 'r', bundle: 'export const run = () => "7"', call: 'execute', input: '1', seed: '00', now: 0, timeZone: 'UTC', locale: 'en' } as const
    const result = await sandbox.run(request)
    const { fences } = sandbox.stats()
    await sandbox.close()
    console.log(JSON.stringify({ result, fences }))`,
  )
  chmodSync(folder, 0o700)
  return { node, script }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to)
  }
}

test.each([0o755, 0o700])('children start from a checkout of mode 0700, node binary of mode %o', (mode) => {
  const { node, script } = checkout(mode)
  const printed = execFileSync(node, [script], { encoding: 'utf8', cwd: root })
  expect(JSON.parse(printed)).toMatchObject({
    result: { outcome: 'succeeded', output: '7' },
    fences: { ownUid: process.getuid?.() === 0 },
  })
})
