import { expect, test } from 'vitest'
import { readImage } from './documents.ts'

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)),
  )

test.each([
  ['PNG', bytes([0x89], 'PNG\r\n', [0x1a, 0x0a, 0, 0, 0, 13], 'IHDR', [0, 0, 3, 32, 0, 0, 1, 194])],
  ['JPEG', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc2, 0, 11, 8, 1, 194, 3, 32, 3])],
  [
    'WebP, lossy',
    bytes(
      'RIFF',
      [0, 0, 0, 0],
      'WEBPVP8 ',
      Array.from({ length: 10 }, () => 0),
      [32, 3, 194, 1],
    ),
  ],
  [
    'WebP, extended',
    bytes(
      'RIFF',
      [0, 0, 0, 0],
      'WEBPVP8X',
      Array.from({ length: 8 }, () => 0),
      [31, 3, 0, 193, 1, 0],
    ),
  ],
  [
    'WebP, lossless',
    bytes('RIFF', [0, 0, 0, 0], 'WEBPVP8L', [0, 0, 0, 0, 0x2f, 0x1f, 0x43, 0x70, 0], [0, 0, 0, 0, 0, 0]),
  ],
])('the size of a %s is read from its header', (_, image) => {
  expect(readImage(image)).toMatchObject({ width: 800, height: 450 })
})

test('what only pretends to be an image is none', () => {
  expect(readImage(new Uint8Array())).toBeUndefined()
  expect(readImage(bytes('<svg onload=alert(1)>'))).toBeUndefined()
  expect(readImage(bytes([0xff, 0xd8, 0xff, 0xd9]))).toBeUndefined()
})
