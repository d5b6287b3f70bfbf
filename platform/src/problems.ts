/**
 * The catalogue of problems (RFC 9457). A slug is the last part of a problem's `type` and stays
 * what it is; features add theirs here.
 */
export const problems = {
  'invalid-request': [422, 'The request is not right'],
  'invalid-cursor': [422, 'The cursor is not one that this list gave out'],
  'not-signed-in': [401, 'Sign in or send a token'],
  'wrong-credentials': [401, 'The e-mail address or the password is not right'],
  forbidden: [403, 'You may see this but not do it'],
  'cross-site': [403, 'The request comes from another site'],
  'not-found': [404, 'There is no such thing, or it is not yours'],
  conflict: [409, 'The state does not allow it'],
  'already-exists': [409, 'It already exists'],
  'no-room': [409, 'There is no room for more'],
  'idempotency-in-flight': [409, 'The same request is still being carried out'],
  'idempotency-mismatch': [422, 'This Idempotency-Key was used for another request'],
  'idempotency-key-missing': [400, 'This operation needs an Idempotency-Key'],
  'too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The body is of a kind that is not taken here'],
  'too-many-requests': [429, 'Too many requests'],
  'internal-error': [500, 'Something went wrong here'],
  unavailable: [503, 'Not ready to serve'],
  // data
  'import-not-understood': [422, 'The file is of no format that can be read'],
  'import-too-large': [413, 'The file is too large for its format'],
  'mapping-invalid': [422, 'The mapping does not fit the file'],
  'record-invalid': [422, 'The record is not right'],
  // services and grants
  'consent-invalid': [422, 'The consent does not fit what the service asks for'],
  'preview-expired': [409, 'The preview is over; look at a new one'],
  'already-subscribed': [409, 'The business is subscribed to this service already'],
  'subscription-not-active': [409, 'The subscription is not active'],
  'grant-not-active': [403, 'The grant is not active'],
  'window-too-large': [409, 'The window holds more rows than one execution may read'],
  'read-allowance-reached': [429, 'The read allowance of this grant is used up for now'],
  'release-invalid': [422, 'The release is not right'],
  'personal-consent-needed': [409, 'Personal data needs a consent of its own'],
  'not-certified': [409, 'The release has no certificate that is good now'],
  stopped: [409, 'Everything is stopped'],
  // executions
  'execution-running': [409, 'An execution of this subscription is under way'],
  'execution-not-finished': [409, 'The execution is not finished'],
  'log-not-shareable': [409, 'The log of this execution is not for others'],
  'no-open-execution': [403, 'Granted data can be read only while its execution is open'],
  'circuit-open': [409, 'The release failed too often and is resting'],
  // actions
  'action-already-decided': [409, 'The action is already decided'],
  'stale-card': [409, 'The card has changed since you saw it'],
  'needs-second-person': [403, 'Another person has to decide this'],
  'expected-total-differs': [409, 'The total is not the one you saw'],
  'cannot-undo': [409, 'It cannot be undone'],
  'undo-conflict': [409, 'The record no longer holds what the action wrote'],
  // reviews and messages
  'review-not-open': [409, 'The subscription cannot be reviewed'],
  'thread-closed': [409, 'Nothing more can be written here'],
  // money
  'webhook-refused': [400, 'The event is not one of Stripe’s, or not of now'],
  'money-back-over': [409, 'The money for it does not come back this way any more'],
  'payment-disputed': [409, 'A bank is deciding about the payment'],
  'policy-invalid': [422, 'The policy is not right'],
} as const satisfies Record<string, readonly [number, string]>

export type ProblemSlug = keyof typeof problems

export interface ProblemDetails {
  /** What happened in this case, and how to mend it. */
  detail?: string
  /** For a wrong body: where (a JSON Pointer into it) and what. */
  errors?: { pointer: string; detail: string }[]
  /** More members of the problem, as RFC 9457 allows. */
  extra?: Record<string, unknown>
}

/** A refusal. Thrown anywhere below a route; the response is made in one place. */
export class ProblemError extends Error {
  readonly slug: ProblemSlug
  readonly status: number
  readonly details: ProblemDetails

  constructor(slug: ProblemSlug, details: ProblemDetails = {}) {
    super(details.detail ?? problems[slug][1])
    this.name = 'ProblemError'
    this.slug = slug
    this.status = problems[slug][0]
    this.details = details
  }
}
