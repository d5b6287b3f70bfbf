import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = join(import.meta.dirname, '../..')
const commands = {
  create: join(root, 'sdk/create-provider/src/main.ts'),
  bizq: join(root, 'sdk/cli/src/main.ts'),
}

type Line = Record<string, unknown>

/** How a command ended, and what it said: a line of JSON each. */
export interface Said {
  code: number | null
  lines: Line[]
  last: Line
}

/** A provider's developer at a terminal, in a folder of their own. */
export interface Developer {
  folder: string
  /** Runs `bizq … --json` in the folder. `onLine` hears each line as it comes. */
  bizq(args: string[], onLine?: (line: Line) => void): Promise<Said>
  /** Starts a `bizq` command that runs until it is ended. */
  begin(args: string[], onLine: (line: string) => void): { end(): Promise<void> }
  /** Replaces the one place in a file where a text stands. */
  edit(file: string, from: string, to: string): Promise<void>
  leave(): Promise<void>
}

async function linesOf(
  script: string,
  args: string[],
  cwd: string,
  env: Record<string, string>,
  onLine: (line: Line) => void,
): Promise<Said> {
  const child = spawn(process.execPath, [script, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const lines: Line[] = []
  for await (const text of createInterface({ input: child.stdout })) {
    const line = JSON.parse(text) as Line
    lines.push(line)
    onLine(line)
  }
  const code = await ended
  const last = lines.at(-1)
  if (!last) throw new Error(`${args.join(' ')} said nothing and ended with ${code}: ${complaint}`)
  return { code, lines, last }
}

/**
 * Makes a provider with `npm create bizq-provider`, with the packages of this repository as npm would install them.
 * With a token its commands need no sign-in.
 */
export async function newDeveloper(
  platform: string,
  service: string,
  template: 'sandboxed' | 'remote' = 'sandboxed',
  token?: string,
): Promise<Developer> {
  const home = await mkdtemp(join(tmpdir(), 'bizq-developer-'))
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    BIZQ_CONFIG: join(home, 'config'),
    BIZQ_PLATFORM: platform,
    ...(token ? { BIZQ_TOKEN: token } : {}),
  }
  const folder = join(home, service)
  const made = ['--name', service, '--template', template, '--yes', '--json']
  await linesOf(commands.create, [folder, ...made], home, env, () => {})
  await mkdir(join(folder, 'node_modules/@bizq'), { recursive: true })
  for (const [name, from] of [
    ['@bizq/sdk', 'sdk'],
    ['@bizq/cli', 'sdk/cli'],
  ] as const)
    await symlink(join(root, from), join(folder, 'node_modules', name))
  return {
    folder,
    bizq: (args, onLine = () => {}) => linesOf(commands.bizq, [...args, '--json'], folder, env, onLine),
    begin: (args, onLine) => {
      const child = spawn(process.execPath, [commands.bizq, ...args], { cwd: folder, env, stdio: 'pipe' })
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
      for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine)
      return {
        end: async () => {
          child.kill('SIGINT')
          await ended
        },
      }
    },
    edit: async (file, from, to) => {
      const path = join(folder, file)
      const text = await readFile(path, 'utf8')
      if (text.split(from).length !== 2) throw new Error(`${file} does not hold this once: ${from}`)
      await writeFile(path, text.replace(from, to))
    },
    leave: () => rm(home, { recursive: true, force: true }),
  }
}
