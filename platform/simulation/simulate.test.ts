import { expect, inject, test } from 'vitest'
import { simulate } from './simulate.ts'

test('with the platform killed and Stripe’s events in disorder, all money ends where it does with neither, to the cent', async () => {
  const options = { operators: 6, businesses: 20, months: 3, seed: 1, hasChaos: true }
  const { chaotic, clean, faults } = await simulate(options, { postgresUrl: inject('postgresUrl') })
  expect(faults).toEqual([])
  // Something did go wrong, and there was something to agree on.
  expect(chaotic?.kills).toBeGreaterThan(0)
  expect(chaotic?.events.refused).toBeGreaterThan(0)
  expect(chaotic?.events.late).toBeGreaterThan(0)
  expect(clean.events.forged).toBe(0)
  expect(clean.sums.counts['of them paid']).toBeGreaterThan(10)
  expect(clean.sums.counts['transfers']).toBeGreaterThan(0)
  expect(clean.sums.money['rounding']).toBeUndefined()
  expect(chaotic?.sums).toEqual(clean.sums)
}, 1_800_000)
