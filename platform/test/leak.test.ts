import { expect, test } from 'vitest'
import { findLeaks } from './leak.ts'

const planted = ['Annabel Featherstone', 'annabel@featherstone.example', '+44 7700 900123']

test.each([
  ['the whole', 'Dear Annabel Featherstone,'],
  ['one word in another case', 'FEATHERSTONE'],
  ['hex', Buffer.from('so annabel featherstone said').toString('hex')],
  ['base64 at any offset', Buffer.from('xAnnabel Featherstone').toString('base64')],
  ['base64 at another offset', Buffer.from('xyAnnabel Featherstone!!').toString('base64')],
  ['URL encoding', `?name=${encodeURIComponent('Annabel Featherstone')}`],
  ['the number', '{"phone":"+44 7700 900123"}'],
])('a planted value is found as %s', (_, text) => {
  expect(findLeaks(planted, { text })).not.toEqual([])
})

test('what holds nothing planted is clean', () => {
  const text = '{"id":"inv_a88979f30c67656ecfe8a521509533df","notes":"Call [person] on [phone]"}'
  expect(findLeaks(planted, { text })).toEqual([])
})
