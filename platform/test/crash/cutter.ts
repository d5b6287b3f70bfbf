/** Counts the messages of one process, over all its connections, and cuts everything after the n-th. */
export interface Cutter {
  /** Called for each message just before it is passed on; true if it is the last one that is. */
  countMessage(): boolean
  /** What is sent from here on is no part of the story. */
  pause(): void
  resume(): void
  readonly count: number
  readonly isCut: boolean
  /** Resolves when the cut has been made; never without one. */
  cut: Promise<void>
  /** What the proxies close when the cut is made. */
  onCut(close: () => void): void
}

/**
 * `kill` ends the process; it is called before the last message is passed on, so that the process does
 * nothing more, not even on an answer. A process that dies between two messages has sent the first and
 * not the second: cutting after every message that is sent is every place at which it can die, as far as
 * anybody else can tell.
 */
export function createCutter(cutAt: number, kill: () => void): Cutter {
  const closers: (() => void)[] = []
  let count = 0
  let isCut = false
  let isPaused = false
  let announce = () => {}
  const cut = new Promise<void>((resolve) => (announce = resolve))
  return {
    cut,
    onCut: (close) => void closers.push(close),
    get count() {
      return count
    },
    get isCut() {
      return isCut
    },
    pause: () => void (isPaused = true),
    resume: () => void (isPaused = false),
    countMessage: () => {
      if (isPaused) return false
      count++
      if (count !== cutAt) return false
      isCut = true
      kill()
      setImmediate(() => {
        for (const close of closers) close()
        announce()
      })
      return true
    },
  }
}
