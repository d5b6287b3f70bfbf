import { expect, test } from 'vitest'
import { checkTemplate } from './template.ts'

const rules = {
  placeholders: ['customer.name', 'invoice.amountDue'],
  money: 'scaled',
  domains: ['shop.example'],
} as const
const codes = (text: string, money: 'exact' | 'scaled' = 'scaled') =>
  checkTemplate(text, { ...rules, money }).map((p) => p.code)

test.each([
  'Dear {customer.name},\n\n{invoice.amountDue} is still open. It is 14 days late. Thank you',
  'Write to help@shop.example or see https://www.shop.example/pay?i=1, please.',
  'Order 66 of 3 May at 10 a.m., e.g. by phone; item no. 7/8 (2 pieces).',
  'Pay shop.example. Thanks.',
])('allowed: %s', (text) => {
  expect(codes(text)).toEqual([])
})

test.each([
  'You owe £100',
  'You owe 100 £',
  'EUR 1.250,00',
  '20 euros',
  '1 000 kr',
  '$5',
  'USD100',
  'US$ 12',
  '５０円 or ¥50',
  '€ {invoice.amountDue} 5 EUR',
  '12 dollars',
  'GBP-20',
])('under scaled money no digits beside a currency: %s', (text) => {
  expect(codes(text)).toContain('digits-beside-currency')
  expect(codes(text, 'exact')).not.toContain('digits-beside-currency')
})

test.each([
  'http://evil.example',
  'https://shop.example.evil.example/pay',
  'https://shop.example@evil.example/',
  'evil.example/pay',
  'www.evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'tel:+441234',
  'ftp://shop.example/x',
  'me@evil.example',
  'mailto:me@evil.example',
  'HTTP://EVIL.EXAMPLE',
  'http://192.0.2.1/',
  '192.0.2.1/pay',
  'notshop.example',
  'http://еvil.example',
  'shop.example.{customer.name}',
  'https://{customer.name}.example/',
  'evil。example',
  'evil．example',
  'http://[2001:db8::1]/',
  'xn--e1awd7f.example',
])('no link to anywhere but the business’s own domains: %s', (text) => {
  expect(codes(text)).toContain('foreign-link')
})

test.each([
  ['{customer.iban}', 'unknown-placeholder'],
  ['{{customer.name}}', 'unbalanced-brace'],
  ['{customer.name', 'unbalanced-brace'],
  ['<b>Hello</b>', 'not-plain-text'],
  ['Hello <img src=x', 'not-plain-text'],
  ['[here](x)', 'not-plain-text'],
  ['&#104;ello', 'not-plain-text'],
  ['evil\u200b text', 'invisible-character'],
  ['abc\u202edef', 'invisible-character'],
  ['abc\u0007', 'invisible-character'],
  ['abc\r\nBcc: all', 'invisible-character'],
])('%j is refused as %s', (text, code) => {
  expect(codes(text)).toContain(code)
})

test('a problem says what was found and how to mend it', () => {
  expect(checkTemplate('Hi {customer.iban}', rules)).toEqual([
    {
      code: 'unknown-placeholder',
      found: '{customer.iban}',
      detail: 'use one of {customer.name}, {invoice.amountDue}',
    },
  ])
})
