import { execFile } from 'node:child_process'
import { copyFile, mkdir, readdir, readlink, symlink } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const bulky = /^(marketplace-ui|portal)\//

/**
 * Copies the checkout as it stands, but for the two apps, into an empty folder. Dependencies are linked, and
 * our own packages among them lead to the copy.
 */
export async function copyCheckout(root: string, to: string): Promise<void> {
  const listed = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  })
  const files = listed.stdout.split('\0').filter((file) => file !== '' && !bulky.test(file))
  for (const folder of new Set(files.map((file) => dirname(file))))
    await mkdir(join(to, folder), { recursive: true })
  await Promise.all(files.map((file) => copyIfThere(join(root, file), join(to, file))))
  const packages = files.filter((file) => /(^|\/)package\.json$/.test(file)).map((file) => dirname(file))
  for (const folder of packages) await linkModules(root, to, join(folder, 'node_modules'))
}

async function copyIfThere(from: string, to: string): Promise<void> {
  await copyFile(from, to).catch((error: NodeJS.ErrnoException) => {
    // Listed, and deleted since.
    if (error.code !== 'ENOENT') throw error
  })
}

async function linkModules(root: string, to: string, modules: string): Promise<void> {
  const entries = await readdir(join(root, modules), { withFileTypes: true }).catch(() => [])
  await mkdir(join(to, modules), { recursive: true })
  for (const entry of entries) {
    const path = join(modules, entry.name)
    if (entry.name === '@bizq') await linkOwn(root, to, path)
    // What tools keep for themselves stays theirs.
    else if (!entry.name.startsWith('.vi')) await symlink(join(root, path), join(to, path))
  }
}

async function linkOwn(root: string, to: string, scope: string): Promise<void> {
  await mkdir(join(to, scope), { recursive: true })
  for (const name of await readdir(join(root, scope))) {
    const target = resolve(root, scope, await readlink(join(root, scope, name)))
    await symlink(join(to, relative(root, target)), join(to, scope, name))
  }
}
