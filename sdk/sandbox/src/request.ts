/** Bounds of one execution (contract, "Execution"). A release may ask for less, the platform decides. */
export interface SandboxLimits {
  /** Wall-clock milliseconds, held by the parent; default 10,000. */
  wallMs: number
  /** CPU milliseconds of the child process during the execution, its garbage collection included; default 5,000. */
  cpuMs: number
  /** MiB of the isolate's heap and buffers; default 128, at least 8. */
  memoryMib: number
  /** UTF-8 bytes of `input`; default 32 MiB. */
  inputBytes: number
  /** UTF-8 bytes of `output`; default 1 MiB. Measured inside the child, before anything is copied. */
  outputBytes: number
  /** UTF-8 bytes of the log; what is over is dropped. Default 64 KiB. */
  logBytes: number
}

export const defaultLimits: Readonly<SandboxLimits> = {
  wallMs: 10_000,
  cpuMs: 5_000,
  memoryMib: 128,
  inputBytes: 32 * 1024 * 1024,
  outputBytes: 1024 * 1024,
  logBytes: 64 * 1024,
}

/** One execution: which code, on what, and the whole world that it may see. */
export interface SandboxRequest {
  /** Digest of the release. One child process serves one release only, and one bundle for each release. */
  release: string
  /** Text of one ES module without imports that exports `run(call, inputJson)`, giving JSON text or a promise of it. */
  bundle: string
  call: 'execute' | 'report' | 'describe'
  /** JSON text, handed to `run` as it is. */
  input: string
  /** Hexadecimal, any length: SHA-256 of its bytes seeds `Math.random`. */
  seed: string
  /** Epoch milliseconds. It is always this moment inside. */
  now: number
  /** IANA name; the guest's only local zone. */
  timeZone: string
  /** BCP 47; what `Intl` and every `toLocale…` use where the guest names none. */
  locale: string
  limits?: Partial<SandboxLimits>
  /** A child that has seen personal data of one organisation never serves another. */
  organisation?: string
  personalData?: boolean
}

export interface SandboxError {
  /** The class the guest gave it (`RetryLater`, `CannotServe`, …); an identifier of at most 64 characters, else `Error`. */
  name: string
  /** At most 2,000 characters, the guest's words: treat them as provider text. */
  message: string
  /** Positions inside the bundle, innermost first, at most 10; never a path of the host. */
  stack: { line: number; column: number }[]
  /** The error's own plain fields (`afterSeconds`, `reason`): at most 8, texts cut at 1,000 characters. */
  data?: Record<string, string | number | boolean>
}

/** Whatever a guest does ends as one of these. CPU and memory are those of the child process. */
export type SandboxResult = { log: string; cpuMs: number; wallMs: number; peakRssMib: number } & (
  | { outcome: 'succeeded'; output: string }
  | { outcome: 'failed'; error: SandboxError }
  | {
      outcome: 'timed-out' | 'out-of-memory' | 'crashed' | 'output-too-large' | 'input-too-large'
      detail: string
    }
)

/** A request whose every bound is set and whose zone, locale and seed are known to be sound. */
export interface CheckedRequest extends SandboxRequest {
  limits: SandboxLimits
  /** UTF-8 bytes. */
  inputLength: number
}

/** Throws TypeError or RangeError for what only a mistake of the caller can bring about. */
export function checkRequest(request: SandboxRequest): CheckedRequest {
  for (const key of ['release', 'bundle', 'input', 'seed', 'timeZone', 'locale'] as const) {
    if (typeof request[key] !== 'string') throw new TypeError(`request.${key} must be a text`)
  }
  if (!['execute', 'report', 'describe'].includes(request.call)) {
    throw new TypeError(`request.call is "${request.call}"; it must be execute, report or describe`)
  }
  if (!/^([0-9a-f]{2})+$/i.test(request.seed)) {
    throw new TypeError('request.seed must be hexadecimal, two digits a byte, at least one byte')
  }
  if (!Number.isSafeInteger(request.now) || Math.abs(request.now) > 8.64e15) {
    throw new RangeError('request.now must be epoch milliseconds, a whole number that Date can hold')
  }
  requireTimeZone(request.timeZone)
  requireLocale(request.locale)
  const limits = { ...defaultLimits, ...request.limits }
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value <= 0)
      throw new RangeError(`limits.${name} must be a whole number above 0`)
  }
  if (limits.memoryMib < 8) throw new RangeError('limits.memoryMib must be at least 8')
  return { ...request, limits, inputLength: Buffer.byteLength(request.input) }
}

const soundTimeZones = new Set<string>()

function requireTimeZone(timeZone: string): void {
  if (soundTimeZones.has(timeZone)) return
  try {
    // An offset such as +02:00 is a zone to Intl, but means its opposite in TZ.
    if (!/^[a-z]/i.test(timeZone)) throw new RangeError('not a name')
    new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions()
  } catch (cause) {
    throw new RangeError(
      `request.timeZone "${timeZone}" is no IANA zone; give a name such as Europe/Berlin`,
      { cause },
    )
  }
  soundTimeZones.add(timeZone)
}

function requireLocale(locale: string): void {
  try {
    if (Intl.DateTimeFormat.supportedLocalesOf(locale).length === 1) return
  } catch {
    // Falls through to the same refusal.
  }
  throw new RangeError(`request.locale "${locale}" is not known here; give a BCP 47 tag such as de-DE`)
}
