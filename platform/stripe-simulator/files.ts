import { idAt, type Call, type Route, type Upload } from './call.ts'
import { invalid } from './refusal.ts'
import type { File } from './wire.ts'
import type { World } from './world.ts'

/** What Stripe takes as evidence: up to 5 MB, kept for nine months. */
const mostBytes = 5_242_880
const keptSeconds = 9 * 30 * 86_400
const purpose = 'dispute_evidence'

const kinds: readonly (readonly [type: string, begin: string])[] = [
  ['pdf', '%PDF-'],
  ['jpg', '\xff\xd8\xff'],
  ['png', '\x89PNG\r\n'],
]

/** By how it begins, not by how it is called. */
function kindOf({ content }: Upload): string {
  const begin = content.subarray(0, 8).toString('latin1')
  const found = kinds.find(([, mark]) => begin.startsWith(mark))
  if (!found) throw invalid(`Files with purpose ${purpose} must be one of: pdf, jpg, png.`, { param: 'file' })
  return found[0]
}

function create({ world, params, upload }: Call): File {
  params.accept('file')
  if (!upload || upload.param !== 'file')
    throw invalid('Missing required param: file.', { code: 'parameter_missing', param: 'file' })
  params.needText('purpose')
  if (params.oneOf('purpose', [purpose]) === undefined) throw invalid('Invalid purpose', { param: 'purpose' })
  const size = upload.content.length
  if (size > mostBytes)
    throw invalid(`File for key file exceeds the limit of ${mostBytes} bytes for purpose ${purpose}.`, {
      param: 'file',
    })
  const id = world.newId('file')
  return world.put('file', {
    id,
    object: 'file',
    created: world.now(),
    expires_at: world.now() + keptSeconds,
    filename: upload.name,
    links: { object: 'list', data: [], has_more: false, url: `/v1/file_links?file=${id}` },
    purpose,
    size,
    title: null,
    type: kindOf(upload),
    url: null,
  })
}

/** Refuses what was not uploaded as evidence. */
export function requireEvidenceFile(world: World, id: string, param: string): void {
  const file = world.find('file', id)
  if (!file || (file.expires_at ?? 0) <= world.now())
    throw invalid(`No such file upload: '${id}'`, { code: 'resource_missing', param })
}

export const fileRoutes: Route[] = [
  ['POST', '/v1/files', create],
  ['GET', '/v1/files/:', (call) => call.world.need('file', idAt(call))],
]
