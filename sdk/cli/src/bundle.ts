import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown, type Plugin } from 'rolldown'
import { parseSync, Visitor } from 'rolldown/utils'
import { BuildError, NoProviderError } from './build-error.ts'
import type { SourceModule } from './read-module.ts'

const guest = fileURLToPath(import.meta.resolve('@bizq/sdk/guest'))
const sdk = import.meta.resolve('@bizq/sdk')
const manifest = import.meta.resolve('@bizq/sdk/manifest')
const virtualEntry = '\0bizq:entry'

/** Refuses what cannot be in a bundle, and gives `@bizq/sdk` the face that it has there. */
function guestPlugin(folder: string, entry: string, sources: SourceModule[]): Plugin {
  const isOwn = (id: string) => id.startsWith(folder + sep) && !id.includes(`${sep}node_modules${sep}`)
  const where = (importer: string | undefined) => (importer ? relative(folder, importer) : 'the provider')
  return {
    name: 'bizq-guest',
    resolveId(specifier, importer) {
      if (specifier === virtualEntry) return specifier
      if (specifier === '@bizq/sdk' || specifier === '@bizq/sdk/guest') return guest
      if (specifier.startsWith('@bizq/')) {
        throw new BuildError(
          `${where(importer)}: a provider imports @bizq/sdk and nothing else of ours, not ${specifier}`,
        )
      }
      if (specifier === 'zod' || specifier.startsWith('zod/')) {
        throw new BuildError(
          `${where(importer)}: import { z } from '@bizq/sdk' instead of ${specifier}: the bundle holds no schemas`,
        )
      }
      if (isBuiltin(specifier) || specifier.startsWith('node:')) {
        throw new BuildError(
          `${where(importer)}: ${specifier} is not there in the sandbox; it has ECMAScript, Temporal and Intl alone`,
        )
      }
      return null
    },
    load(id) {
      if (id !== virtualEntry) return null
      return `import definition from ${JSON.stringify(entry)}
import { runDefinition } from '@bizq/sdk/guest'
export function run(call, input) { return runDefinition(definition, call, input) }`
    },
    transform(code, id) {
      if (isOwn(id)) sources.push({ id, code })
      return null
    },
  }
}

export interface Bundle {
  /** One ES module without imports that exports `run`. */
  code: string
  /** The provider's own modules as they were written. */
  sources: SourceModule[]
}

/** Bundles a provider for the sandbox. Throws a BuildError for whatever cannot be inlined. */
export async function bundleForSandbox(folder: string, entry: string): Promise<Bundle> {
  const sources: SourceModule[] = []
  const output = await run(async () => {
    const bundler = await rolldown({
      input: virtualEntry,
      platform: 'neutral',
      treeshake: true,
      plugins: [guestPlugin(folder, entry, sources)],
      onLog(level, log) {
        if (log.code === 'UNRESOLVED_IMPORT') throw new BuildError(log.message)
        if (level === 'warn' && log.code !== 'CIRCULAR_DEPENDENCY') console.warn(log.message)
      },
    })
    const { output } = await bundler.generate({ format: 'esm', codeSplitting: false, minify: true })
    await bundler.close()
    return output
  })
  const [chunk, ...rest] = output
  const outside = [...chunk.imports, ...chunk.dynamicImports]
  if (rest.some((part) => part.type === 'chunk') || outside.length > 0 || importsAtRunTime(chunk.code)) {
    throw new BuildError(
      `everything must be in one module: ${outside.join(', ') || 'an import()'} cannot be inlined`,
    )
  }
  return { code: chunk.code, sources }
}

function importsAtRunTime(code: string): boolean {
  let isFound = false
  new Visitor({ ImportExpression: () => void (isFound = true) }).visit(parseSync('bundle.js', code).program)
  return isFound
}

/** What a program that Node runs on a provider's definition imports, by the name that it has there. */
const hostModules = {
  '@bizq/sdk': sdk,
  '@bizq/sdk/manifest': manifest,
  '@bizq/sdk/remote': import.meta.resolve('@bizq/sdk/remote'),
  '@bizq/sdk/testing/platform': import.meta.resolve('@bizq/sdk/testing/platform'),
  '@bizq/sandbox': import.meta.resolve('@bizq/sandbox'),
  '@bizq/certification': import.meta.resolve('@bizq/certification'),
}

/** Bundles a program that Node can run on a provider: with the real SDK, from where it is installed. `program` is a module that has the definition as `definition`. */
export async function bundleForNode(entry: string, program: string): Promise<string> {
  const output = await run(async () => {
    const bundler = await rolldown({
      input: virtualEntry,
      platform: 'node',
      external: Object.values(hostModules),
      plugins: [
        {
          name: 'bizq-host',
          resolveId(specifier) {
            if (specifier === virtualEntry) return specifier
            const known = hostModules[specifier as keyof typeof hostModules] as string | undefined
            return known === undefined ? null : { id: known, external: true }
          },
          load(id) {
            if (id !== virtualEntry) return null
            return `import definition from ${JSON.stringify(entry)}\n${program}`
          },
        },
      ],
      onLog: () => {},
    })
    const { output } = await bundler.generate({ format: 'esm', codeSplitting: false })
    await bundler.close()
    return output
  })
  return output[0].code
}

async function run<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asBuildError(error)
  }
}

/** The bundler wraps what plugins throw: the first BuildError inside is what the author must read. */
function asBuildError(error: unknown): unknown {
  if (error instanceof BuildError) return error
  const { errors, cause, message } = error as { errors?: unknown[]; cause?: unknown; message?: string }
  for (const inner of [...(errors ?? []), cause]) {
    if (inner === undefined) continue
    const found = asBuildError(inner)
    if (found instanceof BuildError) return found
  }
  return new BuildError(message ?? String(error), { cause: error })
}

/** The module that a provider's package exports, as a path in its folder. */
export async function entryOf(folder: string): Promise<string> {
  const { resolve } = await import('node:path')
  const text = await readFile(resolve(folder, 'package.json'), 'utf8').catch(() => {
    throw new NoProviderError(`${folder} has no package.json: name the folder of a provider`)
  })
  const { exports: exported } = JSON.parse(text) as { exports?: string | Record<string, unknown> }
  const main = typeof exported === 'string' ? exported : exported?.['.']
  return resolve(folder, typeof main === 'string' ? main : 'src/index.ts')
}
