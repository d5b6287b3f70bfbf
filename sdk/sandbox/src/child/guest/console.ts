import type { readErrors } from './errors.ts'
import type { AnyFunction, GuestTools } from './tools.ts'

/** A `console` whose lines go to `emit` until `logChars` are used up; what measures or counts is silent. */
export function openConsole(
  { apply, cut, put }: GuestTools,
  { headline, isError }: ReturnType<typeof readErrors>,
) {
  const { String } = globalThis
  const { stringify } = JSON
  const sink = { left: 0, emit: (_text: string): void => undefined }

  const asText = (value: unknown): string => {
    if (typeof value === 'string') return value
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'function') return '[function]'
    if (typeof value !== 'object' || value === null) return String(value)
    try {
      if (isError(value)) return headline(value)
      const text: unknown = stringify(value)
      return typeof text === 'string' ? text : '[object]'
    } catch {
      return '[object]'
    }
  }

  const writer =
    (prefix: string) =>
    (...args: unknown[]) => {
      if (sink.left <= 0) return
      let line = prefix
      for (let i = 0; i < args.length; i++) line += (i === 0 ? '' : ' ') + asText(args[i])
      line = `${cut(line, sink.left)}\n`
      sink.left -= line.length
      sink.emit(line)
    }

  const plain = writer('')
  const complain = writer('[assert] ')
  const console: Record<string, AnyFunction> = {
    log: plain,
    info: plain,
    debug: writer('[debug] '),
    warn: writer('[warn] '),
    error: writer('[error] '),
    trace: writer('[trace] '),
    dir: (value: unknown) => plain(value),
    table: (value: unknown) => plain(value),
    group: plain,
    groupCollapsed: plain,
    assert: (condition: unknown, ...args: unknown[]) => {
      if (!condition) apply(complain, undefined, args)
    },
  }
  const silent = ['groupEnd', 'count', 'countReset', 'time', 'timeEnd', 'timeLog', 'clear']
  for (let i = 0; i < silent.length; i++) console[silent[i]!] = () => undefined
  put(globalThis, 'console', console)

  return sink
}
