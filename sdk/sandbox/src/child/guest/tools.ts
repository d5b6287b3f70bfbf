// oxlint-disable typescript/unbound-method -- methods are taken off their prototypes before a guest can replace them
export type AnyFunction = (...args: never[]) => unknown

/** What every part of the prelude works with, taken from the engine before a guest can touch it. */
export type GuestTools = ReturnType<typeof takeTools>

export function takeTools() {
  const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect
  const { slice } = String.prototype

  const put = (target: object, key: PropertyKey, value: unknown) => {
    const { enumerable = false } = getOwnPropertyDescriptor(target, key) ?? {}
    defineProperty(target, key, { value, enumerable, writable: true, configurable: true })
  }

  /** Gives `replacement` the face of `original` (name, length, statics, prototype) and its place on the prototype. */
  const disguise = (replacement: AnyFunction, original: AnyFunction) => {
    const keys = ownKeys(original)
    for (let i = 0; i < keys.length; i++) {
      defineProperty(replacement, keys[i]!, getOwnPropertyDescriptor(original, keys[i]!)!)
    }
    const { prototype } = original as { prototype?: object }
    if (prototype === undefined) return
    const { writable = true } = getOwnPropertyDescriptor(prototype, 'constructor') ?? {}
    defineProperty(prototype, 'constructor', { value: replacement, writable, configurable: true })
  }

  const replaceMethod = (owner: object, name: string, wrap: (original: AnyFunction) => AnyFunction) => {
    const original = (owner as Record<string, AnyFunction | undefined>)[name]
    if (original === undefined) return
    const replacement = wrap(original)
    defineProperty(replacement, 'name', { value: name, configurable: true })
    defineProperty(replacement, 'length', { value: original.length, configurable: true })
    put(owner, name, replacement)
  }

  const cut = (text: string, length: number): string =>
    text.length > length ? apply(slice, text, [0, length]) : text

  return {
    apply,
    construct,
    defineProperty,
    getOwnPropertyDescriptor,
    getPrototypeOf,
    ownKeys,
    put,
    disguise,
    replaceMethod,
    cut,
  }
}
