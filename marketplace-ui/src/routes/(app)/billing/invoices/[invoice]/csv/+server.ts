import { passFile } from '#lib/server/pass-file.ts'
import type { RequestHandler } from './$types'

/** The invoice as a file. */
export const GET: RequestHandler = ({ locals, params }) =>
  passFile(locals.api, `/v1/invoices/${encodeURIComponent(params.invoice)}/csv`)
