import { given } from '@bizq/app-kit/transport.ts'
import type { paths } from '@bizq/client'

type Query = NonNullable<paths['/provider/services/{service}/executions']['get']['parameters']['query']>

/** What an address asks of the log of executions. */
export function runQuery(url: URL): Query {
  const of = (name: string) => given(url.searchParams.get(name))
  const query = { cursor: of('cursor'), outcome: of('outcome'), version: of('version'), error: of('error') }
  return { ...(query as Query), limit: 50 }
}
