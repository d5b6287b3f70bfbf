import { error } from '@sveltejs/kit'

/** A file of the API as it was sent, for a bare link, which could not say for which organisation it asks. */
export function passFile({ data, response }: { data?: unknown; response: Response }): Response {
  if (!(data instanceof Blob)) error(response.status)
  const headers = new Headers({ 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff' })
  for (const name of ['content-type', 'content-disposition']) {
    const value = response.headers.get(name)
    if (value) headers.set(name, value)
  }
  return new Response(data, { headers })
}
