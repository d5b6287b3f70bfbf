import { expect, test } from 'vitest'
import { requireDeclared } from './declared.ts'

test('an answer that the API document does not declare fails the test that got it', () => {
  expect(() => requireDeclared('GET', '/v1/businesses?limit=2', 200, { items: [{}], next: null })).toThrow(
    /required/,
  )
  expect(() => requireDeclared('GET', '/v1/businesses', 200, { items: [], next: null })).not.toThrow()
  expect(() => requireDeclared('GET', '/v1/businesses', 206, {})).toThrow(/does not declare/)
  expect(() => requireDeclared('GET', '/v1/businesses/bus_1', 422, { title: 'x' })).toThrow(/type/)
})
