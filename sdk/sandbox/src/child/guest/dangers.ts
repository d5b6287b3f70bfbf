import type { AnyFunction, GuestTools } from './tools.ts'

/** Takes away what shares memory, grows past the isolate's limit, observes the collector or compiles text. */
export function removeDangers({ construct, disguise, getPrototypeOf, put }: GuestTools) {
  const { ArrayBuffer, EvalError, TypeError } = globalThis
  const names = ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry', 'eval']
  for (let i = 0; i < names.length; i++) delete (globalThis as unknown as Record<string, unknown>)[names[i]!]

  const kinds = [
    function () {},
    async function () {},
    function* () {},
    async function* () {},
  ] as AnyFunction[]
  for (let i = 0; i < kinds.length; i++) {
    const prototype = getPrototypeOf(kinds[i]!) as { constructor: AnyFunction }
    const refusal = function () {
      throw new EvalError('code given as text is not run here')
    }
    disguise(refusal, prototype.constructor)
    if (i === 0) put(globalThis, 'Function', refusal)
  }

  const FixedBuffer = function (length: number) {
    if (new.target === undefined) throw new TypeError("Constructor ArrayBuffer requires 'new'")
    return construct(ArrayBuffer, [length], new.target)
  } as unknown as AnyFunction
  disguise(FixedBuffer, ArrayBuffer as unknown as AnyFunction)
  put(globalThis, 'ArrayBuffer', FixedBuffer)
  delete (ArrayBuffer.prototype as { resize?: unknown }).resize
}
