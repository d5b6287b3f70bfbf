import type IsolatedVm from 'isolated-vm'
import { preludeText, type GuestHandles } from './guest/prelude.ts'

type Engine = typeof IsolatedVm

/** A fresh isolate with the prelude and the bundle compiled, in which no guest code has run yet. */
export interface FreshIsolate {
  isolate: IsolatedVm.Isolate
  module: IsolatedVm.Module
  open: IsolatedVm.Reference<GuestHandles['open']>
  start: IsolatedVm.Reference<GuestHandles['start']>
  collect: IsolatedVm.Reference<GuestHandles['collect']>
}

/** What was wrong with a bundle before any of it ran. */
export class BundleRefused extends Error {
  override name = 'BundleRefused'
}

type Cache = IsolatedVm.ExternalCopy<ArrayBuffer>
type Cached = { cachedData?: Cache }

/**
 * Makes fresh isolates for one bundle. The compiled code of prelude and bundle is kept: produced by this process,
 * before a guest has run, and never taken from anybody.
 */
export function createIsolateMaker(engine: Engine, bundle: string, onCatastrophe: () => void) {
  let preludeCache: Cache | undefined
  let bundleCache: Cache | undefined

  return (memoryMib: number): FreshIsolate => {
    const isolate = new engine.Isolate({ memoryLimit: memoryMib, onCatastrophicError: onCatastrophe })
    try {
      const context = isolate.createContextSync()
      const prelude = isolate.compileScriptSync(preludeText, {
        filename: 'prelude.js',
        ...caching(preludeCache),
      })
      preludeCache ??= (prelude as Cached).cachedData
      const handles = prelude.runSync(context, { reference: true }) as IsolatedVm.Reference<GuestHandles>
      const module = isolate.compileModuleSync(bundle, { filename: 'bundle.js', ...caching(bundleCache) })
      bundleCache ??= (module as Cached).cachedData
      const [imported] = module.dependencySpecifiers
      if (imported !== undefined) {
        throw new BundleRefused(`the bundle imports "${imported}"; it must be one module without imports`)
      }
      module.instantiateSync(context, () => {
        throw new BundleRefused('the bundle must be one module without imports')
      })
      return {
        isolate,
        module,
        open: handles.getSync('open', { reference: true }),
        start: handles.getSync('start', { reference: true }),
        collect: handles.getSync('collect', { reference: true }),
      }
    } catch (error) {
      if (!isolate.isDisposed) isolate.dispose()
      throw error
    }
  }
}

function caching(cache: Cache | undefined) {
  return cache === undefined ? { produceCachedData: true } : { cachedData: cache }
}
