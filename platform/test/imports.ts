import { decodeId } from '@bizq/sdk/contract'
import { runImport } from '../src/features/data/imports/run.ts'
import type { Platform } from './harness.ts'
import type { Answer, Person } from './people.ts'

/** Sends a file as the form of importFile. */
export function sendFile(
  person: Person,
  business: string,
  content: string | Buffer,
  fields: { name?: string; mapping?: unknown; format?: string; role?: string } = {},
): Promise<Answer> {
  const form = new FormData()
  const { name = 'file.csv', mapping, ...rest } = fields
  for (const [key, value] of Object.entries(rest)) form.append(key, value)
  if (mapping !== undefined) form.append('mapping', JSON.stringify(mapping))
  form.append('file', new Blob([new Uint8Array(Buffer.from(content))]), name)
  return person.post(`/v1/businesses/${business}/imports`, undefined, { raw: form })
}

/** Carries an import out as the worker would, and answers it as it then is. */
export async function carryOut(platform: Platform, person: Person, received: Answer): Promise<Answer> {
  if (received.status !== 202) throw new Error(`not received: ${JSON.stringify(received.body)}`)
  await runImport(platform.deps, {
    organisation: decodeId('org', person.organisation),
    business: decodeId('bus', received.body.business),
    import: decodeId('imp', received.body.id),
  })
  return person.get(`/v1/imports/${received.body.id}`)
}

/** Sends a file and carries its import out. */
export async function importFile(
  platform: Platform,
  person: Person,
  business: string,
  content: string | Buffer,
  fields: Parameters<typeof sendFile>[3] = {},
): Promise<Answer> {
  return carryOut(platform, person, await sendFile(person, business, content, fields))
}
