import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Documents, SuppliedCase } from '@bizq/certification'
import { z } from '@bizq/sdk'
import { ExecutionInput } from '@bizq/sdk/contract'
import { CommandError, exitCodes } from './command-error.ts'

const Case = z.strictObject({
  name: z.string().trim().min(1).optional(),
  data: ExecutionInput.shape.data,
  settings: ExecutionInput.shape.settings.optional(),
  now: z.iso.datetime().optional(),
  timeZone: z.string().optional(),
})

const filesOf = (folder: string) => readdir(folder).catch((): string[] => [])
const read = (file: string) => readFile(file, 'utf8').catch(() => undefined)

/** What is submitted beside a release: README.md, CHANGELOG.md and the images in `screenshots`. */
export async function readDocuments(folder: string): Promise<Documents> {
  const [readme, changelog] = await Promise.all([
    read(join(folder, 'README.md')),
    read(join(folder, 'CHANGELOG.md')),
  ])
  const images = (await filesOf(join(folder, 'screenshots'))).filter((name) =>
    /\.(png|jpe?g|webp)$/i.test(name),
  )
  const screenshots = await Promise.all(
    images.sort().map((name) => readFile(join(folder, 'screenshots', name))),
  )
  return {
    screenshots,
    ...(readme === undefined ? {} : { readme }),
    ...(changelog === undefined ? {} : { changelog }),
  }
}

/** The provider's own cases, one in each `cases/*.json`. Rejects with a CommandError that names file and place. */
export async function readCases(folder: string): Promise<SuppliedCase[]> {
  const names = (await filesOf(join(folder, 'cases'))).filter((name) => name.endsWith('.json')).sort()
  return Promise.all(
    names.map(async (name) => {
      const wrong = (why: string) =>
        new CommandError(`cases/${name} is no case: ${why}`, {
          exitCode: exitCodes.usage,
          code: 'case-invalid',
        })
      let json: unknown
      try {
        json = JSON.parse(await readFile(join(folder, 'cases', name), 'utf8'))
      } catch (error) {
        throw wrong((error as Error).message)
      }
      const parsed = Case.safeParse(json)
      if (!parsed.success) {
        throw wrong(
          parsed.error.issues.map((issue) => `/${issue.path.join('/')}: ${issue.message}`).join('; '),
        )
      }
      const { settings, now, timeZone, ...rest } = parsed.data
      return {
        ...rest,
        name: rest.name ?? name.replace(/\.json$/, ''),
        ...(settings === undefined ? {} : { settings }),
        ...(now === undefined ? {} : { now }),
        ...(timeZone === undefined ? {} : { timeZone }),
      }
    }),
  )
}
