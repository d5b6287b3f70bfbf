import { describe, expect, test } from 'vitest'
import { calibrate, learn, type Labelled } from './learn.ts'

const booked = (over: Partial<Labelled>): Labelled => ({
  day: 0,
  cents: -1000,
  account: 'card',
  counterparty: null,
  text: '',
  merchantCategory: null,
  category: 'Other',
  ...over,
})
const history = Array.from({ length: 120 }, (_, i) =>
  i % 3 === 0
    ? booked({ day: i, text: 'shell kings 587', counterparty: 'shell', cents: -4000 - i, category: 'Fuel' })
    : i % 3 === 1
      ? booked({ day: i, text: 'tesco stores', counterparty: 'tesco', cents: -900 - i, category: 'Food' })
      : booked({
          day: i,
          text: 'bt group broadband',
          counterparty: 'bt',
          cents: -3000,
          category: 'Telephone',
        }),
)

describe('a guess', () => {
  test('follows what the counterparty was booked as', () => {
    const guess = learn(history, 120)
    expect(guess(booked({ counterparty: 'shell' }))?.category).toBe('Fuel')
    expect(guess(booked({ counterparty: 'tesco' }))?.category).toBe('Food')
  })

  test('reads the words of a counterparty never seen', () => {
    expect(learn(history, 120)(booked({ text: 'shell fiveways 387' }))?.category).toBe('Fuel')
  })

  test('lets one account have its own habit with a counterparty', () => {
    const own = history.flatMap((p) => [
      p,
      { ...p, account: 'van', category: p.category === 'Food' ? 'Canteen' : p.category },
    ])
    expect(learn(own, 120)(booked({ counterparty: 'tesco', account: 'van' }))?.category).toBe('Canteen')
    expect(learn(own, 120)(booked({ counterparty: 'tesco', account: 'card' }))?.category).toBe('Food')
  })

  test('follows a changed habit', () => {
    const before = Array.from({ length: 6 }, (_, i) =>
      booked({ day: i, counterparty: 'uber', category: 'Travel' }),
    )
    const after = Array.from({ length: 4 }, (_, i) =>
      booked({ day: 600 + i, counterparty: 'uber', category: 'Meals' }),
    )
    expect(learn([...before, ...after], 610)(booked({ counterparty: 'uber' }))?.category).toBe('Meals')
  })

  test('is not made without history, and of one row is that row’s category', () => {
    expect(learn([], 0)(booked({}))).toBeUndefined()
    expect(learn([booked({ category: 'Fuel' })], 0)(booked({ text: 'anything' }))).toEqual({
      category: 'Fuel',
      score: 1,
    })
  })

  test('is the same when amounts are scaled and counterparties renamed', () => {
    const change = (p: Labelled) => ({
      ...p,
      cents: p.cents * 37,
      counterparty: p.counterparty && `x${p.counterparty}`,
    })
    const [plain, changed] = [learn(history, 120), learn(history.map(change), 120)]
    for (const p of history) expect(changed(change(p))).toEqual(plain(p))
  })
})

describe('confidence', () => {
  test('is the share that was right, not the model’s own belief', () => {
    // Categories are drawn without regard to anything, so that no belief is worth more than its share.
    const noise = Array.from({ length: 1000 }, (_, i) =>
      booked({
        day: i,
        counterparty: `c${(i * 7) % 13}`,
        category: ['A', 'B'][Number((i * 2654435761) % 97 > 48)] ?? 'A',
      }),
    )
    const confidence = calibrate(noise)
    for (const score of [0.5, 0.7, 0.9, 1]) expect(Math.abs(confidence(score) - 0.5)).toBeLessThan(0.2)
  })

  test('is high where guesses held', () => {
    const long = Array.from({ length: 10 }, (_, i) =>
      history.map((p) => ({ ...p, day: p.day + 120 * i })),
    ).flat()
    expect(calibrate(long)(1)).toBeGreaterThan(0.95)
  })

  test('never falls as the score rises, and is a half without any check', () => {
    const confidence = calibrate(history)
    const scores = Array.from({ length: 101 }, (_, i) => confidence(i / 100))
    expect(scores).toEqual(scores.toSorted((a, b) => a - b))
    expect(calibrate([])(0.99)).toBe(0.5)
  })

  test('does not depend on the order within a day', () => {
    const sameDay = history.map((p) => ({ ...p, day: Math.floor(p.day / 10) }))
    const mixed = sameDay.toSorted((a, b) => a.day - b.day || b.cents - a.cents)
    for (const score of [0.2, 0.5, 0.9]) expect(calibrate(mixed)(score)).toBe(calibrate(sameDay)(score))
  })
})
