export interface ErrorBody {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'
  message: string
  code?: string
  param?: string
  decline_code?: string
  charge?: string
  doc_url?: string
  [object: string]: unknown
}

/** An answer that is an error, as Stripe words it. */
export class Refusal extends Error {
  readonly status: number
  readonly body: ErrorBody
  /** True: what happened before stays, as with a declined card. Else all of the request is taken back. */
  readonly isKept: boolean

  constructor(status: number, body: ErrorBody, { isKept = false } = {}) {
    super(body.message)
    this.name = 'Refusal'
    this.status = status
    this.body = body.code
      ? { ...body, doc_url: `https://stripe.com/docs/error-codes/${body.code.replaceAll('_', '-')}` }
      : body
    this.isKept = isKept
  }
}

/** 400 invalid_request_error. */
export function invalid(message: string, { code, param }: { code?: string; param?: string } = {}): Refusal {
  return new Refusal(400, {
    type: 'invalid_request_error',
    message,
    ...(code && { code }),
    ...(param && { param }),
  })
}

/** 404 where the address names it, 400 where a parameter does: so does Stripe. */
export function missing(what: string, id: string, param?: string): Refusal {
  const body = { type: 'invalid_request_error', code: 'resource_missing', param: param ?? 'id' } as const
  return new Refusal(param ? 400 : 404, { ...body, message: `No such ${what}: '${id}'` })
}
