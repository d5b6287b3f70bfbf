import { error } from '@sveltejs/kit'
import type { Api } from '@bizq/app-kit/transport.ts'

/** A file of the API, asked for in the organisation that the reader chose: a bare link could not say which. */
export async function passFile(api: Api, path: string): Promise<Response> {
  const response = await api.send(path, { method: 'GET' })
  if (!response.ok) error(response.status)
  const headers = new Headers({ 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff' })
  for (const name of ['content-type', 'content-disposition']) {
    const value = response.headers.get(name)
    if (value) headers.set(name, value)
  }
  return new Response(response.body, { headers })
}
