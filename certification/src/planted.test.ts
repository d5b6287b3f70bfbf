import { expect, test } from 'vitest'
import { findPlanted, formsOf } from './planted.ts'

test('a value is looked for whole, in parts, folded, reversed and encoded', () => {
  const forms = formsOf('Ann Okonkwo')
  expect(forms).toEqual(
    expect.arrayContaining([
      'ann okonkwo',
      'okonkwo',
      'owknoko',
      '6f6b6f6e6b776f',
      'ann%20okonkwo',
      btoa('Okonkwo').replace(/=+$/, '').toLowerCase(),
    ]),
  )
  expect(forms).not.toContain('ann')
})

test.each([
  ['whole', 'Spoke to Wilhelmina Okonkwo-Fairweather about it'],
  ['one word of it', '{"text":"fairweather"}'],
  ['as hex', `x${new TextEncoder().encode('Wilhelmina').toHex()}`],
  ['as base64', new TextEncoder().encode('Quillfeather').toBase64()],
  ['backwards', 'rehtaeflliuQ'],
])('a planted value that comes back %s is found', (_, text) => {
  expect(findPlanted(text, 'the output')).not.toEqual([])
})

test('words that were not planted are not found', () => {
  expect(findPlanted('Pay the bill of 17 November by 2026-12-01, 447 rows', 'the output')).toEqual([])
})
