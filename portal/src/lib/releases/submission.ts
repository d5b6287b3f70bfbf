import type { Schemas } from '@bizq/client'
import { text } from '@bizq/app-kit/forms.ts'

type NewRelease = Schemas['NewRelease']

async function textOf(form: FormData, name: string): Promise<string | undefined> {
  const file = form.get(name)
  return file instanceof File && file.size > 0 ? await file.text() : undefined
}

async function imagesOf(form: FormData, name: string): Promise<string[]> {
  const files = form.getAll(name).filter((file): file is File => file instanceof File && file.size > 0)
  return Promise.all(files.map(async (file) => Buffer.from(await file.arrayBuffer()).toString('base64')))
}

/** What a form says of what becomes of a release. */
export function publicationOf(form: FormData): NonNullable<NewRelease['publication']> {
  const kind = text(form, 'kind')
  if (kind === 'canary')
    return { kind, percent: Number(text(form, 'percent')), hours: Number(text(form, 'hours')) }
  return { kind: kind === 'hold' || kind === 'stage' ? kind : 'all' }
}

/** The release that a form brings in files; nothing when manifest.json is missing or no JSON object. */
export async function submissionOf(form: FormData): Promise<NewRelease | undefined> {
  const manifest = readObject(await textOf(form, 'manifest'))
  if (!manifest) return undefined
  const [readme, changelog] = [await textOf(form, 'readme'), await textOf(form, 'changelog')]
  const screenshots = await imagesOf(form, 'screenshots')
  return {
    manifest,
    bundle: (await textOf(form, 'bundle')) ?? '',
    documents: { ...(readme ? { readme } : {}), ...(changelog ? { changelog } : {}), screenshots },
    publication: publicationOf(form),
  }
}

function readObject(given: string | undefined): NewRelease['manifest'] | undefined {
  try {
    const value: unknown = JSON.parse(given ?? '')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as NewRelease['manifest'])
      : undefined
  } catch {
    return undefined
  }
}
