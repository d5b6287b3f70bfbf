import { isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import { UnreadableFileError } from './parsed-item.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'windows-1250' | 'iso-8859-15'

const newline = 0x0a
const longestLine = 4 * 1024 * 1024

/** Tells the encoding from the first bytes: a byte order mark, zero bytes of UTF-16, valid UTF-8, else windows-1252. */
export function detectEncoding(head: Buffer): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  let evenZeros = 0
  let oddZeros = 0
  const end = Math.min(head.length, 4096)
  for (let i = 0; i < end; i++) {
    if (head[i] !== 0) continue
    if (i % 2) oddZeros++
    else evenZeros++
  }
  if (oddZeros > end / 8 && oddZeros > evenZeros * 4) return 'utf-16le'
  if (evenZeros > end / 8 && evenZeros > oddZeros * 4) return 'utf-16be'
  return isUtf8(withoutCutCharacter(head)) ? 'utf-8' : 'windows-1252'
}

/** A head may end in the middle of a UTF-8 character; that is no sign of another encoding. */
function withoutCutCharacter(head: Buffer): Buffer {
  for (let back = 1; back <= 3 && back <= head.length; back++) {
    const byte = head[head.length - back] ?? 0
    if (byte < 0x80) return head
    if (byte >= 0xc0) return head.subarray(0, head.length - back)
  }
  return head
}

/** Decodes a whole piece, without its byte order mark and with `\n` for every line end. */
export function decodeText(bytes: Buffer, encoding: Encoding): string {
  const text = encoding === 'utf-8' ? decodeUtf8Lines(bytes) : iconv.decode(bytes, encoding)
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
}

/** Files joined from several sources switch encoding between lines, so each line that is not UTF-8 is read as windows-1252. */
function decodeUtf8Lines(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  let text = ''
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(newline, start)
    const end = found === -1 ? bytes.length : found + 1
    const line = bytes.subarray(start, end)
    text += isUtf8(line) ? line.toString('utf8') : iconv.decode(line, 'windows-1252')
    start = end
  }
  return text
}

/** Decodes a stream in bounded memory; every yielded text has `\n` for line ends and no byte order mark. */
export async function* decodeStream(
  source: AsyncIterable<Buffer>,
  encoding: Encoding,
): AsyncGenerator<string> {
  const pieces = encoding === 'utf-8' ? utf8Pieces(source) : iconvPieces(source, encoding)
  let isFirst = true
  let hasCarriageReturn = false
  for await (const piece of pieces) {
    let text: string = hasCarriageReturn ? `\r${piece}` : piece
    if (isFirst && text !== '') {
      text = text.replace(/^\uFEFF/, '')
      isFirst = false
    }
    hasCarriageReturn = text.endsWith('\r')
    if (hasCarriageReturn) text = text.slice(0, -1)
    if (text !== '') yield text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
  }
  if (hasCarriageReturn) yield '\n'
}

async function* utf8Pieces(source: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of source) {
    const bytes = rest.length ? Buffer.concat([rest, chunk]) : chunk
    const cut = Math.max(bytes.lastIndexOf(newline), bytes.lastIndexOf(0x0d)) + 1
    if (cut > 0) yield decodeUtf8Lines(bytes.subarray(0, cut))
    rest = bytes.subarray(cut)
    if (rest.length > longestLine) throw lineTooLong()
  }
  if (rest.length) yield decodeUtf8Lines(rest)
}

async function* iconvPieces(source: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(encoding)
  for await (const chunk of source) yield decoder.write(chunk)
  yield decoder.end() ?? ''
}

function lineTooLong() {
  return new UnreadableFileError(
    `A line is longer than ${longestLine / 1024 / 1024} MiB, so this is no text file that can be imported. Export it again as CSV, OFX or XML.`,
  )
}

/** Reads a whole source into one buffer, at most `limitMib` of it. */
export async function readBounded(source: AsyncIterable<Buffer>, limitMib: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of source) {
    size += chunk.length
    if (size > limitMib * 1024 * 1024) {
      throw new UnreadableFileError(
        `The file is larger than ${limitMib} MiB, the limit for this format. Export a shorter period and import the parts one after another.`,
      )
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}
