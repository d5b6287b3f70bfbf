// oxlint-disable typescript/unbound-method -- methods are taken off their prototypes before a guest can replace them
import type { AnyFunction, GuestTools } from './tools.ts'

/** Makes every way to the present lead to `clock.now`. The zone is the process's own and needs no patch. */
export function freezeTime({
  apply,
  construct,
  defineProperty,
  disguise,
  getOwnPropertyDescriptor,
  put,
  replaceMethod,
}: GuestTools) {
  const { Date, Intl, Temporal } = globalThis
  const clock = { now: 0 }

  const toText = Date.prototype.toString
  const FrozenDate = function (...args: unknown[]) {
    if (new.target === undefined) return apply(toText, new Date(clock.now), [])
    return construct(Date, (args.length === 0 ? [clock.now] : args) as [], new.target)
  } as unknown as AnyFunction
  disguise(FrozenDate, Date)
  put(globalThis, 'Date', FrozenDate)
  replaceMethod(FrozenDate, 'now', () => () => clock.now)

  const { fromEpochMilliseconds } = Temporal.Instant
  const { toZonedDateTimeISO } = Temporal.Instant.prototype
  const { toPlainDate, toPlainTime, toPlainDateTime } = Temporal.ZonedDateTime.prototype
  const { timeZoneId } = Temporal.Now
  const instant = () => apply(fromEpochMilliseconds, undefined, [clock.now])
  const zoned = (zone: string | undefined) =>
    apply(toZonedDateTimeISO, instant(), [zone === undefined ? timeZoneId() : zone])
  replaceMethod(Temporal.Now, 'instant', () => instant)
  replaceMethod(Temporal.Now, 'zonedDateTimeISO', () => (zone: string) => zoned(zone))
  replaceMethod(
    Temporal.Now,
    'plainDateTimeISO',
    () => (zone: string) => apply(toPlainDateTime, zoned(zone), []),
  )
  replaceMethod(Temporal.Now, 'plainDateISO', () => (zone: string) => apply(toPlainDate, zoned(zone), []))
  replaceMethod(Temporal.Now, 'plainTimeISO', () => (zone: string) => apply(toPlainTime, zoned(zone), []))

  // `format()` and `formatToParts()` without an argument mean now.
  const formatter = Intl.DateTimeFormat.prototype
  const readFormat = getOwnPropertyDescriptor(formatter, 'format')!.get!
  const wrappers = new WeakMap<object, AnyFunction>()
  const findWrapper = wrappers.get
  const keepWrapper = wrappers.set
  const accessor = {
    get format() {
      const bound = apply(readFormat, this, []) as (date: unknown) => string
      const known = apply(findWrapper, wrappers, [bound])
      if (known !== undefined) return known
      const wrapper = (date: unknown) => bound(date === undefined ? clock.now : date)
      defineProperty(wrapper, 'name', { value: '', configurable: true })
      apply(keepWrapper, wrappers, [bound, wrapper])
      return wrapper
    },
  }
  const { get } = getOwnPropertyDescriptor(accessor, 'format')!
  defineProperty(formatter, 'format', { get: get!, enumerable: false, configurable: true })
  replaceMethod(formatter, 'formatToParts', (original) => {
    const parts = {
      formatToParts(date: unknown) {
        return apply(original, this, [(date === undefined ? clock.now : date) as never])
      },
    }
    return parts.formatToParts
  })

  return clock
}
