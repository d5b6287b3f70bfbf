import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { mayFail } from '../../http/router.ts'
import type { DocumentContent } from './documents.ts'

/** What the API document says of every route that answers with a document: its name, and what comes back. */
export const DocumentName = z.object({ name: z.string().max(100) })
export const documentAnswer = {
  200: {
    description: 'The content',
    content: { '*/*': { schema: z.string().openapi({ format: 'binary' }) } },
  },
  ...mayFail('forbidden', 'not-found'),
}

/** Sends what a provider wrote so that no browser runs any of it. */
export function sendDocument(c: Context, { mediaType, digest, content }: DocumentContent) {
  return c.body(new Uint8Array(content), 200, {
    // Markdown is shown as the text that it is.
    'content-type': mediaType.replace('text/markdown', 'text/plain'),
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, max-age=3600',
    etag: `"${digest}"`,
  })
}
