import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { Busboy } from '@fastify/busboy'
import { ProblemError } from '../../../problems.ts'
import { headBytes } from '../formats/index.ts'

/** A form with a file whose bytes were handed on as they came. */
export interface Upload {
  fileName: string
  size: number
  sha256: string
  /** The first bytes, which tell the format. */
  head: Buffer
  fields: Record<string, string>
}

const pieceBytes = 1024 * 1024
const mostBytes = 1024 * 1024 * 1024
const longestField = 256 * 1024

/**
 * Reads a multipart form with one `file` and hands the file's bytes to `keep`, 1 MiB at a time; never more
 * than that is in memory. Refuses what is no such form, and files above 1 GiB.
 */
export async function receiveUpload(
  body: ReadableStream<Uint8Array> | null,
  contentType: string | undefined,
  keep: (n: number, bytes: Buffer) => Promise<void>,
): Promise<Upload> {
  if (!body || !contentType?.toLowerCase().startsWith('multipart/form-data')) {
    throw new ProblemError('unsupported-media-type', {
      detail: 'Send multipart/form-data with the part `file`, and `format`, `mapping` or `role` if you like.',
    })
  }
  const form = openForm(contentType)
  const fields: Record<string, string> = {}
  let file: Promise<Omit<Upload, 'fields'>> | undefined
  // What breaks after the answer is known has nobody left to tell.
  form.on('error', () => {})
  form.on('field', (name, value) => (fields[name] = value))
  form.on('file', (name, stream, fileName) => {
    stream.on('error', () => {})
    if (name === 'file' && !file) {
      file = keepFile(stream, fileName, keep)
      file.catch((error: unknown) => form.destroy(error as Error))
    } else stream.resume()
  })
  await new Promise<void>((resolve, reject) => {
    const source = Readable.fromWeb(body as NodeReadableStream)
    source.once('error', () => reject(broken()))
    form.once('error', (error: unknown) => reject(error instanceof ProblemError ? error : broken()))
    form.once('finish', resolve)
    source.pipe(form)
  })
  if (!file) {
    throw new ProblemError('invalid-request', {
      errors: [{ pointer: '/file', detail: 'The form has no file.' }],
    })
  }
  return { ...(await file), fields }
}

function openForm(contentType: string) {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: { fileSize: mostBytes, fieldSize: longestField, fields: 20, files: 5, parts: 25 },
    })
  } catch {
    throw broken()
  }
}

function broken() {
  return new ProblemError('invalid-request', {
    detail: 'The form is broken off or malformed. Send it again.',
  })
}

interface FileStream extends AsyncIterable<Buffer> {
  truncated?: boolean
}

async function keepFile(
  stream: FileStream,
  fileName: string,
  keep: (n: number, bytes: Buffer) => Promise<void>,
): Promise<Omit<Upload, 'fields'>> {
  const hash = createHash('sha256')
  const head: Buffer[] = []
  let waiting: Buffer[] = []
  let waitingBytes = 0
  let size = 0
  let n = 0
  const flush = async () => {
    await keep(n++, Buffer.concat(waiting))
    waiting = []
    waitingBytes = 0
  }
  for await (const bytes of stream) {
    hash.update(bytes)
    if (size < headBytes) head.push(bytes)
    size += bytes.length
    waiting.push(bytes)
    waitingBytes += bytes.length
    if (waitingBytes >= pieceBytes) await flush()
  }
  if (stream.truncated) {
    throw new ProblemError('import-too-large', { detail: 'A file may have 1 GiB. Import it in parts.' })
  }
  if (waitingBytes > 0) await flush()
  return {
    fileName: plainName(fileName),
    size,
    sha256: hash.digest('hex'),
    head: Buffer.concat(head).subarray(0, headBytes),
  }
}

function plainName(fileName: string): string {
  const name =
    fileName
      .replaceAll(/\p{Cc}/gu, '')
      .split(/[/\\]/)
      .pop() ?? ''
  return name.slice(-200) || 'file'
}
