import { idAt, type Call, type Route } from './call.ts'
import { answerList } from './lists.ts'
import { changedMetadata } from './params.ts'
import { invalid } from './refusal.ts'
import { change, type World } from './world.ts'
import type { WebhookEndpoint } from './wire.ts'

interface Asked {
  url: string
  events: string[]
  secret: string
  /** Whose events it hears; `both` only for the endpoint that the simulator was started with. */
  connect: boolean | 'both'
  description?: string | null
  metadata?: Record<string, string>
}

export function addEndpoint(world: World, asked: Asked): WebhookEndpoint {
  if (!/^https?:\/\//.test(asked.url))
    throw invalid('Invalid URL: An explicit scheme (such as https) must be provided.', {
      code: 'url_invalid',
      param: 'url',
    })
  const id = world.newId('we')
  world.setNote(id, { secret: asked.secret, connect: asked.connect })
  return world.put('webhook_endpoint', {
    id,
    object: 'webhook_endpoint',
    api_version: null,
    application: null,
    created: world.now(),
    description: asked.description ?? null,
    enabled_events: asked.events,
    livemode: false,
    metadata: asked.metadata ?? {},
    status: 'enabled',
    url: asked.url,
  })
}

function create({ world, params }: Call): object {
  params.accept('api_version')
  const secret = `whsec_${world.newId('s', 33).slice(2)}`
  const events = params.texts('enabled_events')
  if (!events?.length)
    throw invalid('Missing required param: enabled_events.', {
      code: 'parameter_missing',
      param: 'enabled_events',
    })
  const endpoint = addEndpoint(world, {
    url: params.needText('url'),
    events,
    secret,
    connect: params.flag('connect') ?? false,
    description: params.orNull('description') ?? null,
    metadata: changedMetadata({}, params),
  })
  // Said once, when it is made.
  return { ...endpoint, secret }
}

function update(call: Call): WebhookEndpoint {
  const { world, params } = call
  const endpoint = world.need('webhook_endpoint', idAt(call))
  const url = params.text('url')
  const events = params.texts('enabled_events')
  const isDisabled = params.flag('disabled')
  const description = params.orNull('description')
  return change(world, 'webhook_endpoint', endpoint, {
    metadata: changedMetadata(endpoint.metadata, params),
    ...(url && { url }),
    ...(events && { enabled_events: events }),
    ...(isDisabled !== undefined && { status: isDisabled ? 'disabled' : 'enabled' }),
    ...(description !== undefined && { description }),
  })
}

function remove(call: Call): object {
  const { id } = call.world.need('webhook_endpoint', idAt(call))
  call.world.drop('webhook_endpoint', id)
  call.world.store.database.prepare('delete from deliveries where endpoint = ?').run(id)
  return { id, object: 'webhook_endpoint', deleted: true }
}

export const webhookEndpointRoutes: Route[] = [
  ['POST', '/v1/webhook_endpoints', create],
  [
    'GET',
    '/v1/webhook_endpoints',
    (call) => answerList(call, '/v1/webhook_endpoints', call.world.all('webhook_endpoint')),
  ],
  ['GET', '/v1/webhook_endpoints/:', (call) => call.world.need('webhook_endpoint', idAt(call))],
  ['POST', '/v1/webhook_endpoints/:', update],
  ['DELETE', '/v1/webhook_endpoints/:', remove],
]
