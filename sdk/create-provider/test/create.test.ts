import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { createProvider, templates } from '../src/index.ts'
import { serviceNameOf } from '../src/options.ts'

const main = join(import.meta.dirname, '../src/main.ts')
const run = async (...args: string[]) => {
  const done = await promisify(execFile)(process.execPath, [main, ...args]).catch((error: unknown) => error)
  const { stdout, stderr, code = 0 } = done as { stdout: string; stderr: string; code?: number }
  return { stdout, stderr, code }
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bizq-create-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test.each(templates)(
  'the %s template is written under the given name, and no other is left in it',
  async (template) => {
    const folder = await emptyFolder()
    const files = await createProvider({ folder, service: 'late-payer-finder', template })
    expect(files).toContain('.gitignore')
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
    expect(texts.join('\n')).not.toMatch(/my-provider|My Provider|0\.0\.0-bizq/)
    expect(await readFile(join(folder, 'src/index.ts'), 'utf8')).toContain("name: 'Late Payer Finder'")
    const { dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    expect(dependencies['@bizq/sdk']).toMatch(/^\^\d+\.\d+\.\d+/)
  },
)

test('nothing that is there is ever overwritten', async () => {
  const folder = await emptyFolder()
  await writeFile(join(folder, 'notes.txt'), 'mine')
  const made = createProvider({ folder, service: 'late-payer-finder', template: 'sandboxed' })
  await expect(made).rejects.toThrow('is not empty')
})

test('it asks nothing under --yes, and says what it did as JSON when asked', async () => {
  const folder = await emptyFolder()
  expect((await run(join(folder, 'one'), '--yes')).stdout).toContain('npm run certify')
  const { stdout, code } = await run(join(folder, 'Two Words'), '--template', 'remote', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ service: 'two-words', template: 'remote' })
})

test.each([
  [['--template', 'quantum'], 'There is no template quantum'],
  [['--colour'], 'Unknown option'],
  [['a', 'b', '--yes'], 'Name one folder'],
  [['--name', 'Not A Name', '--yes'], 'joined by hyphens'],
])('%j is refused with what to do, and code 2', async (args, message) => {
  const { stderr, code } = await run(...args)
  expect(stderr).toContain(message)
  expect(code).toBe(2)
})

test('a folder’s name becomes a service’s', () => {
  expect(serviceNameOf('/tmp/My Service 2')).toBe('my-service-2')
  expect(serviceNameOf('3d-things')).toBe('d-things')
  expect(serviceNameOf('!!!')).toBe('my-provider')
})
