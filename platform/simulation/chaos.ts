import type { Market } from './market.ts'
import { control } from './market.ts'
import { between, pick, type Random } from './random.ts'

/** What goes wrong while a year is told: the process is killed, and Stripe is not always there. */
export interface Chaos {
  /** Before the happenings of a day, and before its work. */
  begin(phase: 'happenings' | 'work'): Promise<void>
  /** Nothing goes wrong any more until the next `begin`. */
  end(): void
}

export const calm: Chaos = { begin: async () => {}, end: () => {} }

const failures = ['500', '429', 'reset', 'lost_answer'] as const

export interface ChaosOptions {
  /** How likely the process is killed in one phase of a day. */
  kills: number
  /** How likely Stripe fails a few requests in one phase of a day. */
  failures: number
}

export function openChaos(market: Market, random: Random, options: ChaosOptions): Chaos {
  let timer: NodeJS.Timeout | undefined
  return {
    begin: async (phase) => {
      if (random() < options.failures) {
        const mode = pick(random, failures)
        await control(market, 'failures', { mode, next: between(random, 1, 4), path: '/v1' })
      }
      if (random() < options.kills) {
        const wait = between(random, 1, phase === 'work' ? 400 : 120)
        timer = setTimeout(market.platform.kill, wait)
      }
    },
    end: () => clearTimeout(timer),
  }
}
