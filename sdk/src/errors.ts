/** Thrown by a provider that wants to be called again later: counted neither as a failure nor as a result. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater'
  /** Between 60 and 86,400; the platform keeps to these bounds. */
  readonly afterSeconds: number
  constructor(afterSeconds: number) {
    super(`retry in ${afterSeconds} s`)
    this.afterSeconds = afterSeconds
  }
}

/** Thrown by a provider that cannot do anything for this business, with the reason that the operator reads. Not a failure. */
export class CannotServe extends Error {
  override readonly name = 'CannotServe'
  /** Plain text, at most 500 characters are shown. */
  readonly reason: string
  constructor(reason: string) {
    super(reason)
    this.reason = reason
  }
}
