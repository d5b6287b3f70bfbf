import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createSandbox } from '@bizq/sandbox'
import { compileProvider } from '../src/build.ts'

/** What the SDK adds to a provider's bundle: the bundle of a provider that does nothing, less its own definition. */
const definition = `{
  service: 'nothing-at-all', version: '1.0.0', name: 'Nothing', category: 'financial/cash-flow',
  summary: 'Does nothing at all, to be measured.', pricing: { monthly: usd(1) }, capabilities: ['payables_scheduling'],
  data: { bills: { fields: ['id'], history: '9d', purpose: 'To be measured only.' } },
  money: 'scaled', actions: [], schedule: 'daily', execute() {},
}`

const folder = await mkdtemp(join(tmpdir(), 'bizq-size-'))
const sandbox = createSandbox({ maxProcesses: 1 })
try {
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "exports": "./index.ts" }')
  const code = `import { defineProvider, usd } from '@bizq/sdk'\nexport default defineProvider(${definition})`
  await writeFile(join(folder, 'index.ts'), code)
  const { bundle } = await compileProvider(folder, sandbox)
  const own = definition.replaceAll(/\s+/g, '').length
  console.log(`the whole bundle     ${bundle.length} bytes, ${gzipSync(bundle).length} compressed`)
  console.log(
    `of that the SDK      ${bundle.length - own} bytes, no zod: ${!/ZodObject|safeParse/.test(bundle)}`,
  )
} finally {
  await sandbox.close()
  await rm(folder, { recursive: true })
}
