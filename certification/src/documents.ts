/** What a release is submitted with beside manifest and bundle. */
export interface Documents {
  /** README.md */
  readme?: string | undefined
  /** CHANGELOG.md */
  changelog?: string | undefined
  /** PNG, JPEG or WebP files. */
  screenshots?: readonly Uint8Array[] | undefined
}

export interface ImageFacts {
  format: 'png' | 'jpeg' | 'webp'
  width: number
  height: number
}

const ascii = (bytes: Uint8Array, from: number, to: number) =>
  String.fromCharCode(...bytes.subarray(from, to))

/** Format and size of an image as its own header says them; undefined if it is none of the three. */
export function readImage(bytes: Uint8Array): ImageFacts | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length >= 24 && ascii(bytes, 1, 4) === 'PNG' && ascii(bytes, 12, 16) === 'IHDR')
    return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) }
  if (bytes.length >= 4 && view.getUint16(0) === 0xffd8) return readJpeg(view)
  if (bytes.length >= 30 && ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WEBP')
    return readWebp(bytes, view)
  return undefined
}

/** Looks through the segments of a JPEG (ITU T.81, annex B) for the frame header. */
function readJpeg(view: DataView): ImageFacts | undefined {
  let at = 2
  while (at + 9 < view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1)
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { format: 'jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

/** The three kinds of WebP (RFC 9649, section 2). */
function readWebp(bytes: Uint8Array, view: DataView): ImageFacts | undefined {
  const kind = ascii(bytes, 12, 16)
  const three = (at: number) => view.getUint16(at, true) + view.getUint8(at + 2) * 65_536
  if (kind === 'VP8X') return { format: 'webp', width: three(24) + 1, height: three(27) + 1 }
  if (kind === 'VP8 ')
    return {
      format: 'webp',
      width: view.getUint16(26, true) & 0x3fff,
      height: view.getUint16(28, true) & 0x3fff,
    }
  if (kind !== 'VP8L') return undefined
  const bits = view.getUint32(21, true)
  return { format: 'webp', width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
}
