import type { Context } from 'hono'
import type { DocumentContent } from './documents.ts'

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
