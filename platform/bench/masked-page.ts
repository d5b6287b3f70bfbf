import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createRoute, z } from '@hono/zod-openapi'
import { DatasetName, decodeId } from '@bizq/sdk/contract'
import { Hono } from 'hono'
import { Pool } from 'pg'
import { createApp } from '../src/app.ts'
import { findFreePort } from '../src/db/postgres.ts'
import { systemActor, withUnitOfWork } from '../src/db/unit-of-work.ts'
import { authenticateToken } from '../src/features/identity/index.ts'
import { compileRead, type ReadRow } from '../src/features/masking/compile.ts'
import { readMasked } from '../src/features/masking/connection.ts'
import { openGrantById, windowStart, type OpenGrant } from '../src/features/subscriptions/grants.ts'
import { requireScope } from '../src/http/authorise.ts'
import { PageQuery } from '../src/http/pagination.ts'
import { newRouter } from '../src/http/router.ts'
import { startServer, type RunningServer } from '../src/server.ts'
import { createBusiness, signUpOperator, type Person } from '../test/people.ts'
import { publish, subscribe } from '../test/services.ts'
import { interleave, median, ratioOf, round, tell, type Figure } from './figure.ts'
import { load, requestOf } from './load.ts'
import type { Stage } from './stage.ts'

export interface PageSizes {
  rows: number
  rounds: number
  seconds: number
  connections: number
}

const dataset = 'orderLines' as const
const fields = ['id', 'order', 'product', 'placedAt', 'quantity', 'unitPrice', 'amount']
const pageRows = 50

/** A page of 50 masked rows through HTTP, against the same page unmasked, and against a bare route without row-level security. */
export async function measureMaskedPage(stage: Stage, sizes: PageSizes): Promise<Figure[]> {
  const operator = await signUpOperator(stage.app)
  const business = await createBusiness(operator)
  await fillLines(stage, operator, business, sizes.rows)
  const grant = await subscribeTo(stage, operator, business)
  const server = await serveBoth(stage, operator, grant)
  const bare = await serveBare(stage, decodeId('org', operator.organisation), decodeId('bus', business))
  const tokens = await makeTokens(operator, sizes.connections)
  const askFor = (port: number, path: string) => async () => {
    const requests = tokens.map((token) => [requestOf('GET', path, { authorization: `Bearer ${token}` })])
    const { perSecond, p99 } = await load({
      port,
      requests,
      durationMs: sizes.seconds * 1_000,
      warmUpMs: 500,
    })
    latencies.set(path, [...(latencies.get(path) ?? []), p99])
    return perSecond
  }
  const latencies = new Map<string, number[]>()
  const paths = {
    masked: `/v1/grants/${grant}/data/${dataset}?limit=${pageRows}`,
    unmasked: `/v1/bench/${grant}/data/${dataset}?limit=${pageRows}`,
    bare: '/lines',
  }
  await requireSamePage(server.port, bare.port, paths, tokens[0] ?? '')
  tell(`masked page: ${sizes.rounds} rounds of ${sizes.seconds} s a side`)
  const seen = await interleave(sizes.rounds, {
    masked: askFor(server.port, paths.masked),
    unmasked: askFor(server.port, paths.unmasked),
    bare: askFor(bare.port, paths.bare),
  })
  await bare.close()
  await server.close()
  const p99 = Object.fromEntries(
    Object.entries(paths).map(([side, path]) => [side, round(median(latencies.get(path) ?? []))]),
  )
  const line = (against: 'unmasked' | 'bare', what: string, aim: number): Figure => {
    const { ratio, noise } = ratioOf(seen.masked, seen[against])
    return {
      figure: `masked page against ${what}`,
      value: round(median(seen.masked)),
      unit: 'requests/s',
      against: { what, value: round(median(seen[against])) },
      ratio,
      aim,
      met: ratio >= aim,
      size: { rows: sizes.rows, pageRows, fields: fields.length, connections: sizes.connections },
      rounds: sizes.rounds,
      noise,
      also: { p99Ms: p99 },
    }
  }
  return [
    line('unmasked', 'the same page unmasked', 0.95),
    line('bare', 'a bare route without row-level security', 0.85),
  ]
}

async function fillLines({ admin }: Stage, operator: Person, business: string, rows: number): Promise<void> {
  const scope = [decodeId('org', operator.organisation), decodeId('bus', business)]
  const [products, orders] = [500, Math.ceil(rows / 10)]
  await admin.query(
    `insert into data.products (organisation_id, business_id, title, source, source_key)
     select $1, $2, 'Product ' || n, 'bench', n::text from generate_series(0, $3 - 1) n`,
    [...scope, products],
  )
  await admin.query(
    `insert into data.orders (organisation_id, business_id, number, placed_at, payment, fulfilment, subtotal, total, currency, source, source_key)
     select $1, $2, n::text, now() - interval '360 days' * (1 - n::float8 / $3), 'paid', 'fulfilled', 1000, 1000, 'GBP', 'bench', n::text
     from generate_series(0, $3 - 1) n`,
    [...scope, orders],
  )
  await admin.query('analyze data.products, data.orders')
  await admin.query(
    `insert into data.order_lines (organisation_id, business_id, "order", product, placed_at, quantity, unit_price, discount, amount, currency, source, source_key)
     select o.organisation_id, o.business_id, o.id, p.id, o.placed_at, 1 + l % 4, 100 + l * 37, 0, (1 + l % 4) * (100 + l * 37), 'GBP', 'bench', o.source_key || '/' || l
     from data.orders o, generate_series(0, 9) l
       join data.products p on p.organisation_id = $1 and p.business_id = $2 and p.source = 'bench' and p.source_key = ((l * 53) % $3)::text
     where o.organisation_id = $1 and o.business_id = $2 order by o.placed_at, l limit $4`,
    [...scope, products, rows],
  )
  await admin.query('vacuum analyze data.order_lines')
}

async function subscribeTo(stage: Stage, operator: Person, business: string): Promise<string> {
  const provider = await signUpOperator(stage.app, 'provider')
  const { service } = await publish(provider, {
    data: { [dataset]: { fields, history: '365d', purpose: 'To measure how fast a page is read.' } },
    settings: undefined,
  })
  return (await subscribe(operator, business, service)).grant
}

/** One token for each connection: the rate limit is by token, and a connection alone stays below it. */
async function makeTokens(operator: Person, count: number): Promise<string[]> {
  const made = Array.from({ length: count }, () =>
    operator.post('/v1/tokens', { name: 'bench', scopes: ['grants:read'], role: 'viewer' }),
  )
  return (await Promise.all(made)).map(({ body }) => body.secret as string)
}

/**
 * The product with one route more, on the same middleware, role, pool, transaction and statement; only that the view
 * of its rows masks nothing.
 */
async function serveBoth(stage: Stage, operator: Person, grantId: string): Promise<RunningServer> {
  const { deps, admin } = stage
  const organisation = decodeId('org', operator.organisation)
  const grant = await withUnitOfWork(deps, systemActor(organisation), (unit) =>
    openGrantById(unit, deps, grantId),
  )
  await admin.query('create schema bench authorization bizq_owner')
  await admin.query(`create view bench.order_lines as
    select t.seq, t.placed_at as at, t.id, t."order", t.product, t.placed_at, t.quantity, t.unit_price, t.amount, t.currency
    from data.order_lines t
    where t.business_id = (select nullif(current_setting('bizq.business', true), '')::uuid) and not t.is_stub`)
  await admin.query('alter view bench.order_lines owner to bizq_owner')
  await admin.query('grant usage on schema bench to bizq_masked')
  await admin.query('grant select on bench.order_lines to bizq_masked')
  const { name, text } = compileRead({ dataset, fields })
  const compiled = {
    name: `unmasked_${name.slice(5)}`,
    text: text.replaceAll('masked.order_lines', 'bench.order_lines'),
  }
  const route = createRoute({
    operationId: 'readUnmasked',
    method: 'get',
    path: '/bench/{grant}/data/{dataset}',
    request: { params: z.object({ grant: z.string(), dataset: DatasetName }), query: PageQuery },
    responses: { 200: { description: 'Rows', content: { 'application/json': { schema: z.object({}) } } } },
  })
  const router = newRouter()
  router.openapi(route, async (c) => {
    requireScope(c.var.actor, 'grants:read')
    const text = await readUnmasked(stage, grant, compiled, c.req.valid('query').limit)
    return c.body(text, 200, { 'content-type': 'application/json', 'cache-control': 'no-store' }) as never
  })
  const app = createApp(deps)
  app.route('/v1', router)
  return startServer(app, { host: '127.0.0.1', port: await findFreePort() })
}

async function readUnmasked(
  { deps }: Stage,
  grant: OpenGrant,
  read: { name: string; text: string },
  limit: number,
): Promise<string> {
  const settings = new Map([
    ['bizq.organisation', grant.organisation],
    ['bizq.business', grant.business],
    ['plan_cache_mode', 'force_generic_plan'],
  ])
  const values = [grant.id, limit, '-1', '-infinity', windowStart(grant, dataset, new Date()) ?? '-infinity']
  const [row] = await readMasked<ReadRow>(deps.pools.masked, settings, [{ read, values }])
  if (row?.refusal !== null) throw new Error(`refused: ${row?.refusal}`)
  const place = deps.keyring.seal(
    'grant-cursor',
    Buffer.from(JSON.stringify([grant.id, dataset, row.lastAt, row.lastSeq])),
  )
  return `{"items":[${row.items}],"next":"${place.toString('base64url')}"}`
}

/** A route as one writes it without any of this: the token is checked the same way, and one prepared query answers with its JSON. */
async function serveBare(
  { deps, adminUrl }: Stage,
  organisation: string,
  business: string,
): Promise<{ port: number; close(): Promise<void> }> {
  const pool = new Pool({ connectionString: adminUrl, max: 12 })
  const text = `select coalesce(json_agg(json_build_object('id', l.id, 'order', l."order", 'product', l.product, 'placedAt', l.placed_at,
      'quantity', l.quantity, 'unitPrice', json_build_object('amount', l.unit_price, 'currency', l.currency),
      'amount', json_build_object('amount', l.amount, 'currency', l.currency)))::text, '[]') as items
    from (select * from data.order_lines where organisation_id = $1 and business_id = $2 and placed_at >= $3
      order by placed_at, seq limit $4) l`
  const app = new Hono()
  app.get('/lines', async (c) => {
    const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    await authenticateToken(deps, bearer)
    const since = new Date(Date.now() - 365 * 86_400_000)
    const { rows } = await pool.query<{ items: string }>({
      name: 'bare_page',
      text,
      values: [organisation, business, since, pageRows],
    })
    return c.body(`{"items":${rows[0]?.items ?? '[]'}}`, 200, { 'content-type': 'application/json' })
  })
  const api = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  const server: Server = createServer((request, response) => void api(request, response))
  const port = await findFreePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await pool.end()
    },
  }
}

/** A comparison of pages is none if they do not hold the same rows. */
async function requireSamePage(
  port: number,
  barePort: number,
  paths: Record<'masked' | 'unmasked' | 'bare', string>,
  token: string,
): Promise<void> {
  const get = async (at: number, path: string) => {
    const answer = await fetch(`http://127.0.0.1:${at}${path}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const { items } = (await answer.json()) as { items: { id: string; placedAt: string; quantity: number }[] }
    return items.map((row) => ({ at: Date.parse(row.placedAt), quantity: row.quantity, id: row.id }))
  }
  const masked = await get(port, paths.masked)
  const facts = (rows: typeof masked) =>
    JSON.stringify(rows.map(({ at, quantity }) => [Math.floor(at), quantity]))
  for (const other of [await get(port, paths.unmasked), await get(barePort, paths.bare)]) {
    if (masked.length === 0 || facts(masked) !== facts(other))
      throw new Error('the sides do not answer the same rows')
    if (masked.some((row, i) => row.id === other[i]?.id)) throw new Error('the masked side is not masked')
  }
}
