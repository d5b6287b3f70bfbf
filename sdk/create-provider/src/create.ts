import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { problemWithName, titleOf, UsageError, type Template } from './options.ts'

export interface Creation {
  folder: string
  /** The service's name in the catalogue. */
  service: string
  template: Template
}

const packageFolder = fileURLToPath(new URL('..', import.meta.url))

/** The version of this package: what it makes depends on the SDK and the CLI of the same. */
export async function ownVersion(): Promise<string> {
  const text = await readFile(join(packageFolder, 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

async function requireEmpty(folder: string): Promise<void> {
  const inside = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new UsageError(`${folder} cannot be used: ${error.message}`)
  })
  const found = inside.filter((name) => name !== '.git')
  if (found.length > 0) throw new UsageError(`${folder} is not empty. Name another folder.`)
}

/** npm leaves `.gitignore` out of packages, and a `package.json` within one means something. */
const renamed: Readonly<Record<string, string>> = {
  gitignore: '.gitignore',
  'package.template.json': 'package.json',
}
const written = (file: string) => renamed[file] ?? file

/**
 * Writes a provider that builds, tests and certifies as it is, and resolves to the files that were
 * written. Rejects with a UsageError where the folder is not empty or the name is none.
 */
export async function createProvider({ folder, service, template }: Creation): Promise<string[]> {
  const problem = problemWithName(service)
  if (problem) throw new UsageError(problem)
  const target = resolve(folder)
  await requireEmpty(target)
  const version = await ownVersion()
  const from = join(packageFolder, 'templates', template)
  const entries = await readdir(from, { recursive: true, withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(from, join(entry.parentPath, entry.name)))
  for (const name of names.sort()) {
    const text = await readFile(join(from, name), 'utf8')
    const path = join(target, written(name))
    await mkdir(dirname(path), { recursive: true })
    await writeFile(
      path,
      text
        .replaceAll('my-provider', service)
        .replaceAll('My Provider', titleOf(service))
        .replaceAll('0.0.0-bizq', `^${version}`),
    )
  }
  return names.map(written)
}
