import { executionLimits } from '@bizq/sdk/contract'
import { expect, test } from 'vitest'
import { defaultLimits } from '../../src/index.ts'

test('the limits are those of the contract', () => {
  expect(executionLimits).toMatchObject(defaultLimits)
})
