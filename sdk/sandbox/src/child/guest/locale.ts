// oxlint-disable typescript/unbound-method -- methods are taken off their prototypes before a guest can replace them
import type { AnyFunction, GuestTools } from './tools.ts'

interface Service {
  construct: AnyFunction
  supportedLocalesOf: AnyFunction
}

/** The machine's default locale must not show: where none is named, or none that exists, it is `home.locale`. */
export function freezeLocale({ apply, construct, disguise, ownKeys, put, replaceMethod }: GuestTools) {
  const { Date, Intl, Temporal, TypeError } = globalThis
  const home = { locale: 'en-US' }

  const chosen = ({ construct, supportedLocalesOf }: Service, locales: unknown) => {
    if (locales === undefined) return home.locale
    const found = apply(supportedLocalesOf, construct, [locales as never]) as unknown[]
    return found.length === 0 ? home.locale : locales
  }

  const services: Record<string, Service> = {}
  const names = ownKeys(Intl) as string[]
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!
    const original = (Intl as unknown as Record<string, AnyFunction & { supportedLocalesOf?: AnyFunction }>)[
      name
    ]!
    if (typeof original !== 'function' || original.supportedLocalesOf === undefined) continue
    const service = (services[name] = {
      construct: original,
      supportedLocalesOf: original.supportedLocalesOf,
    })
    const isCallable = name === 'Collator' || name === 'DateTimeFormat' || name === 'NumberFormat'
    const Replacement = function (locales: unknown, options: unknown) {
      if (new.target === undefined && !isCallable)
        throw new TypeError(`Constructor Intl.${name} requires 'new'`)
      return construct(original, [chosen(service, locales), options] as never[], new.target ?? Replacement)
    } as unknown as AnyFunction
    disguise(Replacement, original)
    put(Intl, name, Replacement)
  }

  const localise = (owner: object, method: string, service: Service) => {
    replaceMethod(owner, method, (original) => {
      const localised = {
        first(locales: unknown, options: unknown) {
          return apply(original, this, [chosen(service, locales), options] as never[])
        },
        second(that: unknown, locales: unknown, options: unknown) {
          return apply(original, this, [that, chosen(service, locales), options] as never[])
        },
      }
      return method === 'localeCompare' ? localised.second : localised.first
    })
  }
  const { Collator, DateTimeFormat, DurationFormat, NumberFormat } = services
  localise(Number.prototype, 'toLocaleString', NumberFormat!)
  localise(BigInt.prototype, 'toLocaleString', NumberFormat!)
  localise(Date.prototype, 'toLocaleString', DateTimeFormat!)
  localise(Date.prototype, 'toLocaleDateString', DateTimeFormat!)
  localise(Date.prototype, 'toLocaleTimeString', DateTimeFormat!)
  localise(String.prototype, 'localeCompare', Collator!)
  localise(String.prototype, 'toLocaleLowerCase', Collator!)
  localise(String.prototype, 'toLocaleUpperCase', Collator!)
  const temporal = ownKeys(Temporal) as (keyof typeof Temporal)[]
  for (let i = 0; i < temporal.length; i++) {
    const { prototype } = Temporal[temporal[i]!] as { prototype?: object }
    if (prototype === undefined) continue
    localise(prototype, 'toLocaleString', temporal[i] === 'Duration' ? DurationFormat! : DateTimeFormat!)
  }

  return home
}
