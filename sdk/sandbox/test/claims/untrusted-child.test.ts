import { expect, test } from 'vitest'
import { createFrameReader, encodeFrame } from '../../src/frames.ts'
import { readEnding } from '../../src/read-ending.ts'
import { defaultLimits } from '../../src/index.ts'

const bundle = 'first line\nsecond'
const report = (value: object) => Buffer.from(JSON.stringify(value))
const failed = { type: 'done', outcome: 'failed', cpuMs: 1 }

test('positions that do not exist in the bundle are dropped', () => {
  const positions = '1:1,1:11,1:12,2:7,2:8,3:1,0:1,-1:1,1:0,x:y,1.5:1,1:1e0'
  const ending = readEnding(failed, report({ name: 'E', message: '', positions }), defaultLimits, bundle)
  expect(ending).toMatchObject({
    error: {
      stack: [
        { line: 1, column: 1 },
        { line: 1, column: 11 },
        { line: 2, column: 7 },
      ],
    },
  })
})

test('what a sound child cannot send is no ending', () => {
  const bad: [unknown, Buffer][] = [
    [undefined, Buffer.alloc(0)],
    [null, Buffer.alloc(0)],
    [{ type: 'done', outcome: 'succeeded', cpuMs: 'x' }, Buffer.alloc(0)],
    [{ type: 'done', outcome: 'succeeded', cpuMs: 1 }, Buffer.alloc(defaultLimits.outputBytes + 1)],
    [{ type: 'done', outcome: 'input-too-large', cpuMs: 1, detail: '' }, Buffer.alloc(0)],
    [{ type: 'done', outcome: 'crashed', cpuMs: 1 }, Buffer.alloc(0)],
    [{ type: 'ready' }, Buffer.alloc(0)],
  ]
  for (const [header, payload] of bad)
    expect(readEnding(header, payload, defaultLimits, bundle)).toBeUndefined()
})

test('an error that is garbage is still an error', () => {
  for (const payload of [
    Buffer.from('{'),
    Buffer.from('5'),
    Buffer.alloc(100_000),
    report({ name: 5, message: [], data: [1] }),
  ]) {
    expect(readEnding(failed, payload, defaultLimits, bundle)).toEqual({
      outcome: 'failed',
      cpuMs: 1,
      error: { name: 'Error', message: 'the error could not be read', stack: [] },
    })
  }
})

test('a frame is bounded before it is held', () => {
  let refusals = 0
  const read = createFrameReader(
    { headerBytes: 100, payloadBytes: 100 },
    () => expect.fail(),
    () => refusals++,
  )
  const head = Buffer.alloc(8)
  head.writeUInt32BE(4_000_000_000, 4)
  read(head)
  read(Buffer.alloc(1_000))
  expect(refusals).toBe(1)
})

test('frames come out whole however they are cut', () => {
  const bytes = Buffer.concat([1, 2, 3].flatMap((i) => encodeFrame({ type: 'log' }, Buffer.alloc(i * 10, i))))
  for (const size of [1, 3, 7, 8, 9, 1_000]) {
    const sizes: number[] = []
    const read = createFrameReader(
      { headerBytes: 100, payloadBytes: 100 },
      (header, payload) => {
        expect(header).toEqual({ type: 'log' })
        sizes.push(payload.length)
      },
      () => expect.fail(),
    )
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size))
    expect(sizes).toEqual([10, 20, 30])
  }
})
