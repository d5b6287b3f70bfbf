/** What a command's end says to the program that started it. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, signIn: 3, cancelled: 130 } as const

interface Details {
  /** 1 unless told. */
  exitCode?: number
  /** Stable, for programs: `not-signed-in`. */
  code?: string
  cause?: unknown
}

/** A refusal of a command, in words for who typed it: what, where, and what to do. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError'
  readonly exitCode: number
  readonly code: string
  constructor(message: string, { exitCode = exitCodes.failed, code = 'refused', cause }: Details = {}) {
    super(message, { cause })
    this.exitCode = exitCode
    this.code = code
  }
}
