import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { CommandError, exitCodes } from '../command-error.ts'
import type { Output } from '../output.ts'

interface Runner {
  name: 'vitest' | 'node'
  arguments: string[]
}

/** The project's vitest where it has one, else Node's own runner. */
async function runnerOf(folder: string): Promise<Runner> {
  const require = createRequire(join(folder, 'package.json'))
  try {
    const manifest = require.resolve('vitest/package.json')
    const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { bin: string | { vitest: string } }
    const script = typeof bin === 'string' ? bin : bin.vitest
    return { name: 'vitest', arguments: [join(dirname(manifest), script), 'run'] }
  } catch {
    return { name: 'node', arguments: ['--test'] }
  }
}

/** Runs a provider's own tests. Exit code 1 when one fails. */
export async function test(out: Output, folder: string, rest: readonly string[]): Promise<number> {
  const root = resolve(folder)
  await readFile(join(root, 'package.json')).catch(() => {
    throw new CommandError(`${folder} has no package.json: name the folder of a provider.`, {
      exitCode: exitCodes.usage,
      code: 'no-project',
    })
  })
  const runner = await runnerOf(root)
  const child = spawn(process.execPath, [...runner.arguments, ...rest], {
    cwd: root,
    // Under --json stdout is for the result alone.
    stdio: ['inherit', out.isJson ? 2 : 'inherit', 'inherit'],
  })
  const code = await new Promise<number>((done, fail) => {
    child.once('error', fail)
    child.once('exit', (exited) => done(exited ?? 1))
  })
  out.result({ ok: code === 0, runner: runner.name }, '')
  return code === 0 ? exitCodes.ok : exitCodes.failed
}
