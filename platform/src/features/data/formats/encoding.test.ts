import * as fc from 'fast-check'
import iconv from 'iconv-lite'
import { expect, test } from 'vitest'
import { decodeStream, decodeText, detectEncoding, readBounded, type Encoding } from './encoding.ts'
import { UnreadableFileError } from './parsed-item.ts'
import { inChunks } from './testing/fixture.ts'

async function decodeInChunks(bytes: Buffer, encoding: Encoding, size: number) {
  let text = ''
  for await (const piece of decodeStream(inChunks(bytes, size), encoding)) text += piece
  return text
}

const sample = 'Empfänger;Betrag\r\nMüller & Söhne;12,50 €\nŽofie;1\r'
const plain = 'Empfänger;Betrag\nMüller & Söhne;12,50 €\nŽofie;1\n'

test.each([
  ['utf-8', Buffer.from(sample)],
  ['utf-8', Buffer.from(`\uFEFF${sample}`)],
  ['utf-16le', iconv.encode(sample, 'utf-16le', { addBOM: true })],
  ['utf-16be', iconv.encode(sample, 'utf-16be', { addBOM: true })],
  ['utf-16le', iconv.encode(sample, 'utf-16le')],
  ['windows-1252', iconv.encode(sample, 'windows-1252')],
] as const)('%s is told from the bytes and read the same in chunks of any size', async (encoding, bytes) => {
  expect(detectEncoding(bytes)).toBe(encoding)
  for (const size of [1, 2, 3, 7, 1000]) expect(await decodeInChunks(bytes, encoding, size)).toBe(plain)
  expect(decodeText(bytes, encoding)).toBe(plain)
})

test('a head that ends inside a character is still UTF-8', () => {
  expect(detectEncoding(Buffer.from('Straße für Zoë €').subarray(0, -1))).toBe('utf-8')
})

test('a line that is not UTF-8 is read as windows-1252, and the lines around it as UTF-8', async () => {
  const bytes = Buffer.concat([
    Buffer.from('é,1\n'),
    iconv.encode('caf\u00e9,2\n', 'windows-1252'),
    Buffer.from('ü,3\n'),
  ])
  expect(await decodeInChunks(bytes, 'utf-8', 4)).toBe('é,1\ncafé,2\nü,3\n')
})

test('text comes through whatever it holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), async (text, size) => {
      const expected = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
      expect(await decodeInChunks(Buffer.from(text), 'utf-8', size)).toBe(expected)
    }),
  )
})

test('a source above its limit is refused before it is all read', async () => {
  let pulled = 0
  async function* endless() {
    for (;;) {
      pulled++
      yield Buffer.alloc(512 * 1024)
    }
  }
  await expect(readBounded(endless(), 2)).rejects.toThrow(UnreadableFileError)
  expect(pulled).toBeLessThan(7)
})
