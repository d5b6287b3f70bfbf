import { openConsole } from './console.ts'
import { removeDangers } from './dangers.ts'
import { readErrors } from './errors.ts'
import { freezeLocale } from './locale.ts'
import { seedRandom } from './random.ts'
import { freezeTime } from './time.ts'
import { type GuestTools, takeTools } from './tools.ts'

interface Parts {
  tools: GuestTools
  errors: ReturnType<typeof readErrors>
  clock: ReturnType<typeof freezeTime>
  home: ReturnType<typeof freezeLocale>
  reseed: ReturnType<typeof seedRandom>
  sink: ReturnType<typeof openConsole>
}

/** The host's handles. They live in the prelude's closures: no name in the guest's world leads to them. */
export interface GuestHandles {
  /** Sets what belongs to one execution. Called once, before any guest code. */
  open: (
    now: number,
    locale: string,
    seed0: number,
    seed1: number,
    seed2: number,
    seed3: number,
    outputChars: number,
    logChars: number,
    emit: (text: string) => void,
  ) => void
  start: (namespace: object, call: string, input: string) => void
  /** Undefined while unsettled; else a letter (S succeeded, F failed, L too large) and its text. */
  collect: () => string | undefined
}

function hold({ tools, errors, clock, home, reseed, sink }: Parts): GuestHandles {
  const { TypeError } = globalThis
  let outcome: string | undefined
  let room = 0

  const drive = async (namespace: object, call: string, input: string) => {
    try {
      const { run } = namespace as { run?: unknown }
      if (typeof run !== 'function') throw new TypeError('the bundle exports no function named run')
      const output: unknown = await tools.apply(run as () => unknown, undefined, [call, input] as never)
      if (typeof output !== 'string') throw new TypeError(`run gave ${typeof output} where JSON text is due`)
      outcome = output.length > room ? `L${output.length}` : `S${output}`
    } catch (thrown) {
      outcome = `F${errors.report(thrown)}`
    }
  }

  return {
    open: (now, locale, seed0, seed1, seed2, seed3, outputChars, logChars, emit) => {
      clock.now = now
      home.locale = locale
      reseed(seed0, seed1, seed2, seed3)
      room = outputChars
      sink.left = logChars
      sink.emit = emit
    },
    start: (namespace, call, input) => {
      void drive(namespace, call, input)
    },
    collect: () => outcome,
  }
}

/**
 * The text that is run in a fresh context before any guest code; its value is `GuestHandles`. The parts travel as
 * source, so each may use nothing from outside itself but its arguments. What they run after the guest is let in
 * looks up no method on a prototype: the guest may have replaced it.
 */
export const preludeText = `(() => {
'use strict'
const tools = (${takeTools.toString()})()
;(${removeDangers.toString()})(tools)
const errors = (${readErrors.toString()})(tools)
const home = (${freezeLocale.toString()})(tools)
const clock = (${freezeTime.toString()})(tools)
const reseed = (${seedRandom.toString()})(tools)
const sink = (${openConsole.toString()})(tools, errors)
return (${hold.toString()})({ tools, errors, clock, home, reseed, sink })
})()`
